// The colour scheme the reader prefers, as it is now.
import { useSyncExternalStore } from "react";

const query = () => (typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null);

function subscribe(onChange: () => void): () => void {
  const list = query();
  list?.addEventListener("change", onChange);
  return () => list?.removeEventListener("change", onChange);
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => query()?.matches ?? false);
}
