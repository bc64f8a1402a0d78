// Fetches the code that draws an artifact, at the same time as its data.
import { useEffect, useState, type ComponentType } from "react";
import { ProblemError } from "../problem";
import type { Renderer, RendererProps } from "./registry";

type Loaded = { Component: ComponentType<RendererProps> } | { problem: ProblemError };

/** Not React.lazy: that holds a picture back for up to 300 ms, and never tries again after a failure. */
export function useRendererComponent(renderer: Renderer, wanted: boolean) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    if (!wanted || loaded) return;
    let current = true;
    renderer.load().then(
      (module) => current && setLoaded({ Component: module.default }),
      () => {
        const title = "The viewer's code for this artifact cannot be loaded";
        if (current) setLoaded({ problem: new ProblemError({ title, code: "network", retryable: true }) });
      },
    );
    return () => {
      current = false;
    };
  }, [renderer, wanted, loaded]);
  return { loaded, reload: () => setLoaded(null) };
}
