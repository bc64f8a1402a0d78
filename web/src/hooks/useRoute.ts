// The address of the page: #/s/<session> is a conversation, …/m/<message> a message in it, #/storage where the bytes are;
// anything else is a new conversation.
import { useMemo, useSyncExternalStore } from "react";

export interface Route {
  page: "conversation" | "storage";
  sessionId: string | null;
  messageId: string | null;
}

export const STORAGE_HASH = "#/storage";

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}

export function sessionHash(sessionId: string): string {
  return `#/s/${encodeURIComponent(sessionId)}`;
}

export function messageHash(sessionId: string, messageId: string): string {
  return `${sessionHash(sessionId)}/m/${encodeURIComponent(messageId)}`;
}

export function routeOfHash(hash: string): Route {
  if (hash === STORAGE_HASH) return { page: "storage", sessionId: null, messageId: null };
  const match = /^#\/s\/([^/]+)(?:\/m\/([^/]+))?$/.exec(hash);
  try {
    const part = (text: string | undefined) => (text ? decodeURIComponent(text) : null);
    return { page: "conversation", sessionId: part(match?.[1]), messageId: part(match?.[2]) };
  } catch {
    return { page: "conversation", sessionId: null, messageId: null }; // a mistyped address
  }
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => routeOfHash(hash), [hash]);
}
