// Live updates: Server-Sent Events as one callback. What happened while there was no stream is unknown.
import type { ServerEvent } from "./types";

const KINDS: ServerEvent["kind"][] = [
  "message",
  "message-removed",
  "artifact",
  "artifact-removed",
  "session-removed",
  "reset",
];

/** The browser reconnects after a broken connection, but not after an answer that is no stream (a proxy's 502). */
const RECONNECT_MS = 5_000;

/**
 * Calls `onEvent` for each event until the result is called, and with "reset" when events may have been missed. While
 * the page is hidden there is no stream: browsers allow an origin six connections, and tabs in the background hold none.
 */
export function listen(url: string, onEvent: (event: ServerEvent) => void): () => void {
  if (typeof EventSource === "undefined") return () => {};
  let source: EventSource | null = null;
  let missed = false; // since the first stream was opened
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    const opened = new EventSource(url);
    source = opened;
    opened.onopen = () => {
      if (missed) onEvent({ kind: "reset" });
      missed = false;
    };
    opened.onerror = () => {
      missed = true;
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, RECONNECT_MS);
    };
    for (const kind of KINDS)
      opened.addEventListener(kind, (event) => onEvent({ ...(JSON.parse((event as MessageEvent).data) as object), kind }));
  };
  const onVisibility = () => {
    if (document.hidden) {
      missed = true;
      close();
    } else if (!source) open();
  };
  document.addEventListener("visibilitychange", onVisibility);
  open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
  };
}
