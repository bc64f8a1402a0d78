// One message: who, when, the text as it was written, and its artifacts.
import { memo } from "react";
import type { ApiClient } from "../api/client";
import type { Message, Role } from "../api/types";
import { ArtifactView } from "../artifacts/ArtifactView";
import { formatTime } from "../format";
import { messageHash } from "../hooks/useRoute";
import { ConfirmDelete } from "./ConfirmDelete";

const NAMES: Record<Role, string> = { user: "You", assistant: "Spillway", system: "System", tool: "Tool" };

interface Props {
  client: ApiClient;
  message: Message;
  isTarget: boolean; // the address names it
  onDelete: (messageId: string) => Promise<void>;
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
        <ConfirmDelete
          what={`the message of ${formatTime(message.createdAt)}`}
          question="Delete with its artifacts?"
          onDelete={() => onDelete(message.id)}
        />
      </header>
      {message.content && <p className="message-content">{message.content}</p>}
      {message.artifacts.map((artifact) => (
        <ArtifactView key={artifact.id} client={client} artifact={artifact} />
      ))}
    </article>
  );
});
