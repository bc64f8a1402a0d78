// Live updates: Server-Sent Events as one callback. The browser reconnects by itself; what happened meanwhile is unknown.
import type { ServerEvent } from "./types";

const KINDS: ServerEvent["kind"][] = [
  "message",
  "message-removed",
  "artifact",
  "artifact-removed",
  "session-removed",
  "reset",
];

/** Calls `onEvent` for each event, and with "reset" after each reconnect, until the result is called. */
export function listen(url: string, onEvent: (event: ServerEvent) => void): () => void {
  if (typeof EventSource === "undefined") return () => {};
  const source = new EventSource(url);
  let interrupted = false;
  source.onerror = () => (interrupted = true);
  source.onopen = () => {
    if (interrupted) onEvent({ kind: "reset" });
    interrupted = false;
  };
  for (const kind of KINDS)
    source.addEventListener(kind, (event) => onEvent({ ...(JSON.parse((event as MessageEvent).data) as object), kind }));
  return () => source.close();
}
