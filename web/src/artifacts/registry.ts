// Which component shows which type of artifact. An application adds its own with one entry.
import type { ComponentType } from "react";
import type { Artifact } from "../api/types";

export interface RendererProps {
  artifact: Artifact;
  value: unknown; // the artifact's JSON
}

export interface Renderer {
  label: string; // what the reader calls this kind of thing
  loadingText: string;
  reserve: "plot" | "card"; // the height kept free before the data is there
  load: () => Promise<{ default: ComponentType<RendererProps> }>; // its code, when the first one is seen
}

export const renderers = new Map<string, Renderer>([
  [
    "logPlotViewer",
    {
      label: "Log plot",
      loadingText: "Loading visualization data…",
      reserve: "plot",
      load: () => import("../logplot/LogPlot"),
    },
  ],
]);

/** Undefined: nothing draws this type, it is shown as a card. Only JSON has a type. */
export function rendererFor(artifact: Artifact): Renderer | undefined {
  return artifact.type === null ? undefined : renderers.get(artifact.type);
}
