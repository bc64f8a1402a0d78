// The address of the page: #/s/<session> is a conversation, anything else a new one.
import { useSyncExternalStore } from "react";

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}

export function sessionHash(sessionId: string): string {
  return `#/s/${encodeURIComponent(sessionId)}`;
}

export function sessionOfHash(hash: string): string | null {
  const match = /^#\/s\/(.+)$/.exec(hash);
  if (!match) return null;
  try {
    return decodeURIComponent(match[1]!);
  } catch {
    return null; // a mistyped address
  }
}

export function useRoute(): string | null {
  return useSyncExternalStore(subscribe, () => sessionOfHash(location.hash));
}
