// One stream of the server's events for the whole page; its parts subscribe to it.
import { useCallback, useEffect, useRef } from "react";
import type { ApiClient } from "../api/client";
import type { ServerEvent } from "../api/types";

type Listener = (event: ServerEvent) => void;
export type EventSubscriber = (listener: Listener) => () => void;

export function useEvents(client: ApiClient): EventSubscriber {
  const listeners = useRef(new Set<Listener>());
  useEffect(
    () =>
      client.listen((event) => {
        for (const listener of listeners.current) listener(event);
      }),
    [client],
  );
  return useCallback((listener) => {
    listeners.current.add(listener);
    return () => listeners.current.delete(listener);
  }, []);
}
