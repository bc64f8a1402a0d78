// One conversation: its messages in order, older pages on demand, and sending with the built-in responder's reply.
import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { toProblem, type ProblemError } from "../api/problem";
import type { Message } from "../api/types";
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

  const load = useCallback(
    async (cursor: string | null) => {
      pending.current?.abort();
      const controller = new AbortController();
      pending.current = controller;
      if (!cursor) setLoaded({ ...NOTHING, status: "loading" });
      try {
        const page = await client.listMessages(sessionId, cursor, controller.signal);
        if (controller.signal.aborted) return;
        const older = [...page.messages].reverse();
        setLoaded((known) => ({
          ...NOTHING,
          messages: cursor ? [...older, ...known.messages] : older,
          cursor: page.nextCursor,
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
        setLoaded((known) => ({ ...known, messages: [...known.messages, ...added] }));
        setUnanswered(!saved.reply);
        setOutgoing(null);
        onSaved();
      } catch (thrown) {
        setOutgoing({ content, key, problem: toProblem(thrown) });
      }
    },
    [client, sessionId, onSaved],
  );

  return {
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
