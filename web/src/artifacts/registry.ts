// Which component shows which type of artifact. An application adds its own with one entry.
import type { ComponentType } from "react";
import type { ApiClient } from "../api/client";
import type { Artifact } from "../api/types";

export interface RendererProps {
  artifact: Artifact;
  value: unknown; // the artifact's JSON; undefined if the renderer loads it itself
  client?: ApiClient; // for what it loads; without one it makes its own
}

export interface Renderer {
  label: string; // what the reader calls this kind of thing
  loadingText: string;
  reserve: "plot" | "card"; // the height kept free before the data is there
  loadsItself?: (artifact: Artifact) => boolean; // parts of it, as it needs them; the page does not download it
  load: () => Promise<{ default: ComponentType<RendererProps> }>; // its code, when the first one is seen
}

/** Longer logs are drawn from tiles of what the window shows. */
export const PLOT_WHOLE_BYTES_MAX = 8e6;

export const renderers = new Map<string, Renderer>([
  [
    "logPlotViewer",
    {
      label: "Log plot",
      loadingText: "Loading visualization data…",
      reserve: "plot",
      loadsItself: (artifact) => artifact.size > PLOT_WHOLE_BYTES_MAX,
      load: () => import("../logplot/LogPlot"),
    },
  ],
]);

/** Undefined: nothing draws this type, it is shown as a card. Only JSON has a type. */
export function rendererFor(artifact: Artifact): Renderer | undefined {
  return artifact.type === null ? undefined : renderers.get(artifact.type);
}
