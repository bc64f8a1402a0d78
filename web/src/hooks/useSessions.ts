// The list of conversations, newest activity first, page by page.
import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { toProblem, type ProblemError } from "../api/problem";
import type { Session } from "../api/types";

export interface Sessions {
  sessions: Session[] | null; // null: not known yet
  problem: ProblemError | null;
  hasMore: boolean;
  reload: () => void;
  loadMore: () => void;
  remove: (sessionId: string) => Promise<void>;
}

export function useSessions(client: ApiClient): Sessions {
  const [sessions, setSessions] = useState<Session[] | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const pending = useRef<AbortController | null>(null);

  const load = useCallback(
    async (from: string | null) => {
      pending.current?.abort();
      const controller = new AbortController();
      pending.current = controller;
      try {
        const page = await client.listSessions(from, controller.signal);
        if (controller.signal.aborted) return;
        setSessions((known) => (from && known ? [...known, ...page.sessions] : page.sessions));
        setCursor(page.nextCursor);
        setProblem(null);
      } catch (thrown) {
        if (!controller.signal.aborted) setProblem(toProblem(thrown));
      }
    },
    [client],
  );

  useEffect(() => {
    void load(null);
    return () => pending.current?.abort();
  }, [load]);

  const remove = useCallback(
    async (sessionId: string) => {
      await client.deleteSession(sessionId);
      setSessions((known) => known?.filter((session) => session.id !== sessionId) ?? null);
    },
    [client],
  );

  const reload = useCallback(() => void load(null), [load]);
  const loadMore = useCallback(() => void load(cursor), [load, cursor]);
  return { sessions, problem, hasMore: cursor !== null, reload, loadMore, remove };
}
