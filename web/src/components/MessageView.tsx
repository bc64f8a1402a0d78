// One message: who, when, the text as it was written, and its artifacts.
import { memo } from "react";
import type { ApiClient } from "../api/client";
import type { Message, Role } from "../api/types";
import { ArtifactView } from "../artifacts/ArtifactView";
import { formatTime } from "../format";

const NAMES: Record<Role, string> = { user: "You", assistant: "Spillway", system: "System", tool: "Tool" };

export const MessageView = memo(function MessageView({ client, message }: { client: ApiClient; message: Message }) {
  return (
    <article className="message" data-role={message.role} data-message={message.id}>
      <header className="message-head">
        <h2>{NAMES[message.role] ?? message.role}</h2>
        <time dateTime={message.createdAt}>{formatTime(message.createdAt)}</time>
      </header>
      {message.content && <p className="message-content">{message.content}</p>}
      {message.artifacts.map((artifact) => (
        <ArtifactView key={artifact.id} client={client} artifact={artifact} />
      ))}
    </article>
  );
});
