// One conversation from its first message to the composer.
import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import type { ApiClient } from "../api/client";
import { ConversationMessages } from "../artifacts/conversation";
import { useConversation, type Conversation, type Outgoing } from "../hooks/useConversation";
import type { EventSubscriber } from "../hooks/useEvents";
import { useFileDrop } from "../hooks/useFileDrop";
import { useUploads } from "../hooks/useUploads";
import { Composer } from "./Composer";
import { MessageView } from "./MessageView";
import { ProblemNotice } from "./ProblemNotice";
import { Uploads } from "./Uploads";
import { Welcome } from "./Welcome";

interface Props {
  client: ApiClient;
  sessionId: string;
  messageId: string | null; // the one that the address names
  isNew: boolean;
  onSaved: () => void;
  events: EventSubscriber;
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

/** Pages of earlier messages that are read to find the one that the address names. */
const EARLIER_PAGES_MAX = 50;

/** Brings the message that the address names into view, from earlier pages if need be. */
function useTarget(conversation: Conversation, messageId: string | null, log: RefObject<HTMLElement | null>) {
  const shown = useRef<string | null>(null);
  const pages = useRef(0);
  const { status, messages, hasEarlier, loadEarlier } = conversation;
  useEffect(() => {
    if (!messageId || shown.current === messageId || status !== "ready") return;
    const element = log.current?.querySelector(`[data-message="${CSS.escape(messageId)}"]`);
    if (element) {
      shown.current = messageId;
      element.scrollIntoView?.({ block: "start" });
    } else if (hasEarlier && pages.current < EARLIER_PAGES_MAX) {
      ++pages.current;
      loadEarlier();
    }
    // Not loadEarlier: it is another one at each rendering.
  }, [messageId, status, messages, hasEarlier, log]);
  const missing = messageId !== null && status === "ready" && !hasEarlier && !messages.some((m) => m.id === messageId);
  return { missing };
}

export function ConversationView({ client, sessionId, messageId, isNew, onSaved, events }: Props) {
  const conversation = useConversation(client, sessionId, isNew, onSaved);
  const { status, problem, messages, outgoing, onEvent, remove } = conversation;
  const onUploaded = useCallback(
    (id: string) => {
      onEvent({ kind: "message", sessionId, messageId: id });
      onSaved();
    },
    [onEvent, onSaved, sessionId],
  );
  const { uploads, add, cancel, retry } = useUploads(client, sessionId, onUploaded);
  const { over, handlers } = useFileDrop(add);
  useEffect(() => events(onEvent), [events, onEvent]);
  const log = useRef<HTMLDivElement>(null);
  const lastId = messages[messages.length - 1]?.id;
  const isEmpty = status === "ready" && messages.length === 0 && !outgoing && uploads.length === 0;
  const { missing } = useTarget(conversation, messageId, log);
  const seenFirst = useRef(false);

  // Opening a conversation shows its end; an answer that comes in shows its beginning.
  useLayoutEffect(() => {
    const box = log.current;
    if (!box || !lastId) return;
    if (messageId && !seenFirst.current) {
      seenFirst.current = true;
      return; // the address says what to show
    }
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
    <div className="conversation" data-over={over || undefined} {...handlers}>
      {over && (
        <p className="drop-hint" aria-hidden="true">
          Drop files to add them to this conversation
        </p>
      )}
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
          {missing && (
            <p className="unanswered" role="status">
              The message of this address is not here (any more).
            </p>
          )}
          {isEmpty && <Welcome onAsk={conversation.send} />}
          <ConversationMessages value={messages}>
            {messages.map((message) => (
              <MessageView
                key={message.id}
                client={client}
                message={message}
                isTarget={message.id === messageId}
                onDelete={remove}
              />
            ))}
          </ConversationMessages>
          <Uploads uploads={uploads} onCancel={cancel} onRetry={retry} />
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
        onFiles={add}
      />
    </div>
  );
}
