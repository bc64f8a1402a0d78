// One conversation from its first message to the composer.
import { useEffect, useLayoutEffect, useRef } from "react";
import type { ApiClient } from "../api/client";
import { ConversationMessages } from "../artifacts/conversation";
import { useConversation, type Outgoing } from "../hooks/useConversation";
import { Composer } from "./Composer";
import { MessageView } from "./MessageView";
import { ProblemNotice } from "./ProblemNotice";
import { Welcome } from "./Welcome";

interface Props {
  client: ApiClient;
  sessionId: string;
  isNew: boolean;
  onSaved: () => void;
}

function OutgoingMessage({
  outgoing,
  onRetry,
  onDiscard,
}: {
  outgoing: Outgoing;
  onRetry: () => void;
  onDiscard: () => void;
}) {
  return (
    <>
      <article className="message" data-role="user">
        <header className="message-head">
          <h2>You</h2>
        </header>
        <p className="message-content">{outgoing.content}</p>
      </article>
      {outgoing.problem ? (
        <div className="outgoing-failed">
          <ProblemNotice problem={outgoing.problem} what="sending" onRetry={onRetry} />
          <button type="button" className="button" onClick={onDiscard}>
            Discard message
          </button>
        </div>
      ) : (
        <p className="thinking" role="status">
          <i />
          <i />
          <i />
          <span>Looking through the wells…</span>
        </p>
      )}
    </>
  );
}

export function ConversationView({ client, sessionId, isNew, onSaved }: Props) {
  const conversation = useConversation(client, sessionId, isNew, onSaved);
  const { status, problem, messages, outgoing } = conversation;
  const log = useRef<HTMLDivElement>(null);
  const lastId = messages[messages.length - 1]?.id;
  const isEmpty = status === "ready" && messages.length === 0 && !outgoing;
  const seenFirst = useRef(false);

  // Opening a conversation shows its end; an answer that comes in shows its beginning.
  useLayoutEffect(() => {
    const box = log.current;
    if (!box || !lastId) return;
    const articles = box.querySelectorAll<HTMLElement>(".message");
    const last = articles[articles.length - 1];
    const asked = articles[articles.length - 2];
    if (seenFirst.current) (asked ?? last)?.scrollIntoView?.({ block: "start" });
    else last?.scrollIntoView?.({ block: "start" });
    seenFirst.current = true;
  }, [lastId]);

  useEffect(() => {
    const box = log.current;
    if (outgoing && box) box.scrollTop = box.scrollHeight;
  }, [outgoing]);

  return (
    <>
      <div className="log" role="log" aria-label="Conversation" aria-busy={status === "loading"} tabIndex={0} ref={log}>
        <div className="log-column">
          {conversation.hasEarlier && (
            <button type="button" className="button button-earlier" onClick={conversation.loadEarlier}>
              Show earlier messages
            </button>
          )}
          {status === "loading" && (
            <p className="log-loading" role="status">
              Loading the conversation…
            </p>
          )}
          {problem && problem.status !== 404 && (
            <ProblemNotice problem={problem} what="the conversation" onRetry={conversation.reload} />
          )}
          {problem?.status === 404 && (
            <div className="welcome">
              <h1>This conversation is not here</h1>
              <p>It was deleted, or the address is mistyped. Ask something to begin it anew.</p>
            </div>
          )}
          {isEmpty && <Welcome onAsk={conversation.send} />}
          <ConversationMessages value={messages}>
            {messages.map((message) => (
              <MessageView key={message.id} client={client} message={message} />
            ))}
          </ConversationMessages>
          {outgoing && (
            <OutgoingMessage outgoing={outgoing} onRetry={conversation.resend} onDiscard={conversation.discard} />
          )}
          {conversation.unanswered && (
            <p className="unanswered" role="status">
              Saved. The built-in responder has no answer to this; it knows “show log curves for” and a well’s name.
            </p>
          )}
        </div>
      </div>
      <Composer
        busy={status === "loading" || (outgoing !== null && outgoing.problem === null)}
        onSend={conversation.send}
      />
    </>
  );
}
