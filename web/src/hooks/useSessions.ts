// The list of conversations, newest activity first, page by page.
import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { toProblem, type ProblemError } from "../api/problem";
import type { Session } from "../api/types";

export interface Sessions {
  sessions: Session[] | null; // null: not known yet
  problem: ProblemError | null;
  hasMore: boolean;
  text: string; // only those whose title contains it
  search: (text: string) => void;
  reload: () => void;
  loadMore: () => void;
  remove: (sessionId: string) => Promise<void>;
}

/** A search waits for a pause in typing. */
const TYPING_MS = 200;

export function useSessions(client: ApiClient): Sessions {
  const [sessions, setSessions] = useState<Session[] | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [text, search] = useState("");
  const pending = useRef<AbortController | null>(null);

  const load = useCallback(
    async (from: string | null) => {
      pending.current?.abort();
      const controller = new AbortController();
      pending.current = controller;
      try {
        const page = await client.listSessions(from, controller.signal, text);
        if (controller.signal.aborted) return;
        setSessions((known) => (from && known ? [...known, ...page.sessions] : page.sessions));
        setCursor(page.nextCursor);
        setProblem(null);
      } catch (thrown) {
        if (!controller.signal.aborted) setProblem(toProblem(thrown));
      }
    },
    [client, text],
  );

  useEffect(() => {
    const timer = setTimeout(() => void load(null), text ? TYPING_MS : 0);
    return () => {
      clearTimeout(timer);
      pending.current?.abort();
    };
  }, [load, text]);

  const remove = useCallback(
    async (sessionId: string) => {
      await client.deleteSession(sessionId);
      setSessions((known) => known?.filter((session) => session.id !== sessionId) ?? null);
    },
    [client],
  );

  const reload = useCallback(() => void load(null), [load]);
  const loadMore = useCallback(() => void load(cursor), [load, cursor]);
  return { sessions, problem, hasMore: cursor !== null, text, search, reload, loadMore, remove };
}
