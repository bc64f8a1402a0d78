// Loads an artifact's bytes when it is seen, stops when it leaves the screen, keeps what was loaded.
import { useCallback, useEffect, useState } from "react";
import type { ApiClient } from "../client";
import { ProblemError, toProblem } from "../problem";
import type { Artifact } from "../types";

export type LoadState =
  | { status: "waiting" }
  | { status: "loading"; receivedBytes: number }
  | { status: "ready"; bytes: Uint8Array }
  | { status: "failed"; problem: ProblemError };

/** Larger artifacts are offered as a download: a tab that runs out of memory takes the whole conversation along. */
const DRAW_BYTES_MAX = 512e6;

function firstState(artifact: Artifact): LoadState {
  return artifact.error ? { status: "failed", problem: new ProblemError(artifact.error) } : { status: "waiting" };
}

export function useArtifactBytes(
  client: ApiClient,
  artifact: Artifact,
  wanted: boolean,
  bytesMax = DRAW_BYTES_MAX,
): { state: LoadState; retry: () => void } {
  const [state, setState] = useState<LoadState>(() => firstState(artifact));
  const settled = state.status === "ready" || state.status === "failed";
  const { href, size, sha256 } = artifact;

  useEffect(() => {
    if (!wanted || settled) return;
    if (size > Math.min(bytesMax, DRAW_BYTES_MAX)) {
      const problem = new ProblemError({
        title: "Too large to show in the page",
        detail: "The data is whole and can be downloaded.",
        code: "too_large",
      });
      setState({ status: "failed", problem });
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (receivedBytes: number) => {
      if (!signal.aborted) setState({ status: "loading", receivedBytes });
    };
    client.load({ href, size, sha256 }, { signal, onProgress }).then(
      (bytes) => !signal.aborted && setState({ status: "ready", bytes }),
      (thrown: unknown) => !signal.aborted && setState({ status: "failed", problem: toProblem(thrown) }),
    );
    return () => controller.abort();
  }, [client, href, size, sha256, wanted, settled, bytesMax]);

  const retry = useCallback(() => setState({ status: "waiting" }), []);
  return { state, retry };
}
