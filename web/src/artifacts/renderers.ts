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

registerRenderer("image/*", {
  label: "Image",
  loadsItself: () => true, // the browser does
  load: () => import("./kinds/ImageArtifact"),
});

registerRenderer("text/*", { label: "Text", bytesMax: 64e6, load: () => import("./kinds/TextArtifact") });

for (const kind of ["table", "text/csv", "text/tab-separated-values"])
  registerRenderer(kind, { label: "Table", exact: true, bytesMax: 64e6, load: () => import("./kinds/TableArtifact") });

registerRenderer("application/pdf", {
  label: "Document",
  reserve: "plot",
  load: () => import("./kinds/PdfArtifact"),
});

for (const kind of ["vegaLite", "vega-lite", "application/vnd.vegalite.v5+json"])
  registerRenderer(kind, { label: "Chart", bytesMax: 64e6, load: () => import("./kinds/VegaArtifact") });
