// The log plot of a well: tracks on canvas over one depth axis, with read-out, zoom, curve picker and table.
import { useMemo, useState } from "react";
import type { RendererProps } from "../artifacts/registry";
import { FitIcon, MinusIcon, PlusIcon } from "../components/icons";
import { formatCount, formatDepth } from "../format";
import { CurvePicker, curvesShownFirst, layoutCurves } from "./CurvePicker";
import { DataTable } from "./DataTable";
import { readLogPlot, trackFor, type Track, type WellPlot } from "./model";
import { Stage } from "./Stage";
import { DepthRange, type Viewport } from "./viewport";
import "./logplot.css";

/** The layout's tracks with the curves that are shown, then a track for each further curve. */
function tracksShown(plot: WellPlot, shown: ReadonlySet<string>): Track[] {
  const inLayout = layoutCurves(plot);
  const tracks = plot.tracks.flatMap((track) => {
    const curves = track.curves.filter((c) => shown.has(c.curve.mnemonic));
    return curves.length > 0 ? [{ ...track, curves }] : [];
  });
  const others = [...plot.curves.values()].filter((c) => shown.has(c.mnemonic) && !inLayout.has(c.mnemonic));
  return [...tracks, ...others.map(trackFor)];
}

function caption(plot: WellPlot): string {
  const { depth, index, curves } = plot;
  const unit = index.unit && ` ${index.unit}`;
  const range = `${formatDepth(depth[0]!)} to ${formatDepth(depth[depth.length - 1]!)}${unit}`;
  return `${plot.name || "Well"}: ${formatCount(depth.length)} samples of ${curves.size} curves over ${index.mnemonic} ${range}.`;
}

export default function LogPlot({ value }: RendererProps) {
  const plot = useMemo(() => readLogPlot(value), [value]);
  const range = useMemo(() => new DepthRange(plot.depth), [plot]);
  const [view, setView] = useState<Viewport>(range.whole);
  const [shown, setShown] = useState<ReadonlySet<string>>(() => curvesShownFirst(plot));
  const [panel, setPanel] = useState<"none" | "curves" | "table">("none");
  const tracks = useMemo(() => tracksShown(plot, shown), [plot, shown]);
  const toggle = (name: "curves" | "table") => setPanel((open) => (open === name ? "none" : name));
  const unit = plot.index.unit && ` ${plot.index.unit}`;

  return (
    <figure className="logplot">
      <Stage
        {...{ plot, tracks, range, view, setView }}
        toolbar={({ zoomIn, zoomOut, reset }) => (
          <>
            <div className="plot-toolbar">
              {plot.synthetic && <span className="badge badge-synthetic">Synthetic data</span>}
              <span className="plot-window numbers">
                {formatDepth(view.top)} – {formatDepth(view.bottom)}
                {unit}
              </span>
              <div className="plot-buttons" role="group" aria-label="Zoom">
                <button type="button" className="button button-icon" onClick={zoomIn} aria-label="Zoom in">
                  <PlusIcon />
                </button>
                <button type="button" className="button button-icon" onClick={zoomOut} aria-label="Zoom out">
                  <MinusIcon />
                </button>
                <button type="button" className="button button-icon" onClick={reset} aria-label="Whole well">
                  <FitIcon />
                </button>
              </div>
              <button
                type="button"
                className="button"
                aria-expanded={panel === "curves"}
                onClick={() => toggle("curves")}
              >
                Curves {shown.size} of {plot.curves.size}
              </button>
              <button
                type="button"
                className="button"
                aria-expanded={panel === "table"}
                onClick={() => toggle("table")}
              >
                Table
              </button>
            </div>
            {panel === "curves" && <CurvePicker plot={plot} shown={shown} onChange={setShown} />}
          </>
        )}
      />
      {panel === "table" && (
        <DataTable plot={plot} view={view} curves={[...plot.curves.values()].filter((c) => shown.has(c.mnemonic))} />
      )}
      <figcaption>
        {caption(plot)}
        {plot.synthetic && " Generated for demonstration; not measured in a real well."}
        {plot.notes.length > 0 && (
          <ul className="plot-notes">
            {plot.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </figcaption>
    </figure>
  );
}
