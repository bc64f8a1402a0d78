// One conversation: its messages in order, older pages on demand, and sending with the built-in responder's reply.
import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient } from "@spillway/client";
import { ProblemError, toProblem } from "@spillway/client";
import type { Message, ServerEvent } from "@spillway/client";
import { randomId } from "../id";

/** A message of the reader on its way to the server. */
export interface Outgoing {
  content: string;
  key: string; // the same for every try, so that it is saved once
  problem: ProblemError | null; // null: under way
}

export interface Conversation {
  status: "loading" | "ready" | "failed";
  problem: ProblemError | null;
  messages: Message[];
  outgoing: Outgoing | null;
  hasEarlier: boolean;
  unanswered: boolean; // the last message was saved but the responder had nothing to say
  reload: () => void;
  loadEarlier: () => void;
  remove: (messageId: string) => Promise<void>;
  onEvent: (event: ServerEvent) => void; // to be told of what changes on the server
  send: (content: string) => void;
  resend: () => void;
  discard: () => void;
}

interface Loaded {
  status: Conversation["status"];
  problem: ProblemError | null;
  messages: Message[];
  cursor: string | null;
}

/** Each message once, as it was seen last, in the order of their ids, which is that of time. */
function merged(known: Message[], changed: Message[]): Message[] {
  const all = new Map(known.map((message) => [message.id, message]));
  for (const message of changed) all.set(message.id, message);
  return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

const NOTHING: Loaded = { status: "ready", problem: null, messages: [], cursor: null };

/** `isNew`: the server does not know the session yet. `onSaved` runs after each saved message. */
export function useConversation(
  client: ApiClient,
  sessionId: string,
  isNew: boolean,
  onSaved: () => void,
): Conversation {
  const [loaded, setLoaded] = useState<Loaded>(isNew ? NOTHING : { ...NOTHING, status: "loading" });
  const [outgoing, setOutgoing] = useState<Outgoing | null>(null);
  const [unanswered, setUnanswered] = useState(false);
  const startedNew = useRef(isNew);
  const pending = useRef<AbortController | null>(null);
  const removed = useRef(new Set<string>());

  const load = useCallback(
    async (cursor: string | null) => {
      pending.current?.abort();
      const controller = new AbortController();
      pending.current = controller;
      if (!cursor) setLoaded((known) => (known.messages.length > 0 ? known : { ...NOTHING, status: "loading" }));
      try {
        const page = await client.listMessages(sessionId, cursor, controller.signal);
        if (controller.signal.aborted) return;
        const older = [...page.messages].reverse();
        setLoaded((known) => ({
          ...NOTHING,
          // What came meanwhile stays, each message once; what was removed meanwhile does not come back.
          messages: merged(known.messages, older).filter((message) => !removed.current.has(message.id)),
          cursor: cursor || known.messages.length === 0 ? page.nextCursor : known.cursor,
        }));
      } catch (thrown) {
        if (controller.signal.aborted) return;
        const problem = toProblem(thrown);
        setLoaded((known) => (cursor ? { ...known, problem } : { ...NOTHING, status: "failed", problem }));
      }
    },
    [client, sessionId],
  );

  useEffect(() => {
    if (!startedNew.current) void load(null);
    return () => pending.current?.abort();
  }, [load]);

  const post = useCallback(
    async (content: string, key: string) => {
      setOutgoing({ content, key, problem: null });
      setUnanswered(false);
      try {
        const saved = await client.postMessage(sessionId, { role: "user", content, respond: true }, key);
        const added = saved.reply ? [saved, saved.reply] : [saved];
        startedNew.current = false; // the server knows the session now
        setLoaded((known) => ({ ...known, messages: merged(known.messages, added) }));
        setUnanswered(!saved.reply);
        setOutgoing(null);
        onSaved();
      } catch (thrown) {
        setOutgoing({ content, key, problem: toProblem(thrown) });
      }
    },
    [client, sessionId, onSaved],
  );

  const forget = useCallback((messageId: string) => {
    removed.current.add(messageId);
    setLoaded((known) => ({ ...known, messages: known.messages.filter((message) => message.id !== messageId) }));
  }, []);

  const remove = useCallback(
    async (messageId: string) => {
      await client.deleteMessage(sessionId, messageId);
      forget(messageId);
    },
    [client, sessionId, forget],
  );

  const onEvent = useCallback(
    (event: ServerEvent) => {
      if (event.kind === "reset") {
        if (!startedNew.current) void load(null);
        return;
      }
      if (event.sessionId !== sessionId) return;
      if (event.kind === "session-removed")
        return setLoaded({ ...NOTHING, status: "failed", problem: new ProblemError({ title: "Deleted", status: 404 }) });
      const { messageId } = event;
      if (!messageId) return;
      if (event.kind === "message-removed") return forget(messageId);
      // What cannot be read now is read when the conversation is opened again.
      client.getMessage(sessionId, messageId).then(
        (message) =>
          setLoaded((known) => {
            // One of a page that is not shown yet comes with its page.
            const hidden = known.cursor !== null && known.messages.every((shown) => message.id < shown.id);
            if (hidden || removed.current.has(message.id)) return known;
            return { ...known, messages: merged(known.messages, [message]) };
          }),
        () => {},
      );
    },
    [client, sessionId, load, forget],
  );

  return {
    remove,
    onEvent,
    status: loaded.status,
    problem: loaded.problem,
    messages: loaded.messages,
    outgoing,
    hasEarlier: loaded.cursor !== null,
    unanswered,
    reload: () => void load(null),
    loadEarlier: () => void load(loaded.cursor),
    send: (content) => void post(content, randomId()),
    resend: () => outgoing && void post(outgoing.content, outgoing.key),
    discard: () => setOutgoing(null),
  };
}
