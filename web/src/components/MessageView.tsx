// One message: who, when, the text as it was written, and its artifacts.
import { memo, useState } from "react";
import type { ApiClient } from "../api/client";
import { toProblem, type ProblemError } from "../api/problem";
import type { Message, Role } from "../api/types";
import { ArtifactView } from "../artifacts/ArtifactView";
import { formatTime } from "../format";
import { messageHash } from "../hooks/useRoute";
import { TrashIcon } from "./icons";
import { ProblemNotice } from "./ProblemNotice";

const NAMES: Record<Role, string> = { user: "You", assistant: "Spillway", system: "System", tool: "Tool" };

interface Props {
  client: ApiClient;
  message: Message;
  isTarget: boolean; // the address names it
  onDelete: (messageId: string) => Promise<void>;
}

function DeleteMessage({ message, onDelete }: Pick<Props, "message" | "onDelete">) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const remove = () => {
    setProblem(null);
    onDelete(message.id).catch((thrown: unknown) => setProblem(toProblem(thrown)));
  };
  if (!asking)
    return (
      <button
        type="button"
        className="message-delete"
        aria-label={`Delete the message of ${formatTime(message.createdAt)}`}
        onClick={() => setAsking(true)}
      >
        <TrashIcon />
      </button>
    );
  return (
    <span className="message-confirm" role="group" aria-label="Delete this message?">
      <span>Delete with its artifacts?</span>
      <button type="button" className="button button-danger" autoFocus onClick={remove}>
        Delete
      </button>
      <button type="button" className="button" onClick={() => setAsking(false)}>
        Keep
      </button>
      {problem && <ProblemNotice problem={problem} what="deleting" onRetry={remove} />}
    </span>
  );
}

export const MessageView = memo(function MessageView({ client, message, isTarget, onDelete }: Props) {
  return (
    <article
      className="message"
      data-role={message.role}
      data-message={message.id}
      data-target={isTarget || undefined}
      aria-current={isTarget || undefined}
    >
      <header className="message-head">
        <h2>{NAMES[message.role] ?? message.role}</h2>
        <a href={messageHash(message.sessionId, message.id)} title="Link to this message">
          <time dateTime={message.createdAt}>{formatTime(message.createdAt)}</time>
        </a>
        <DeleteMessage message={message} onDelete={onDelete} />
      </header>
      {message.content && <p className="message-content">{message.content}</p>}
      {message.artifacts.map((artifact) => (
        <ArtifactView key={artifact.id} client={client} artifact={artifact} />
      ))}
    </article>
  );
});
