// The renderers of the viewer, each with its code in a file of its own that is fetched when the first one is seen.
import { registerRenderer } from "@spillway/client/react";

/** Longer logs are drawn from tiles of what the window shows. */
export const PLOT_WHOLE_BYTES_MAX = 8e6;

registerRenderer("logPlotViewer", {
  label: "Log plot",
  loadingText: "Loading visualization data…",
  reserve: "plot",
  loadsItself: (artifact) => artifact.size > PLOT_WHOLE_BYTES_MAX,
  load: () => import("../logplot/LogPlot"),
});
