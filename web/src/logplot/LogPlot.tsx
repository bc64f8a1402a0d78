// The log plot of a well: tracks on canvas over one depth axis, with read-out, zoom, curve picker and table.
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { RendererProps } from "../artifacts/registry";
import { FitIcon, MinusIcon, PlusIcon } from "../components/icons";
import { formatCount, formatValue } from "../format";
import { useDark } from "../hooks/useDark";
import { surfaceOf, themeOf } from "./canvas";
import { legible } from "./color";
import { CurvePicker, layoutCurves } from "./CurvePicker";
import { DataTable } from "./DataTable";
import { DASHES, drawDepthAxis, drawTracks, rowOf, type DrawnTrack } from "./draw";
import { readLogPlot, trackFor, type Track, type WellPlot } from "./model";
import { fraction } from "./scale";
import { TrackHeaders } from "./TrackHeaders";
import { useViewControls } from "./useViewControls";
import { DepthRange, type Viewport } from "./viewport";
import "./logplot.css";

const DEPTH_WIDTH = 64;
const TRACK_WIDTH_MIN = 124;
const TRACK_WIDTH_MAX = 300;

/** The layout's tracks with the curves that are shown, then a track for each further curve. */
function tracksShown(plot: WellPlot, shown: ReadonlySet<string>): Track[] {
  const inLayout = layoutCurves(plot);
  const tracks = plot.tracks.flatMap((track) => {
    const curves = track.curves.filter((c) => shown.has(c.curve.mnemonic));
    return curves.length > 0 || track.curves.length === 0 ? [{ ...track, curves }] : [];
  });
  const others = [...plot.curves.values()].filter((c) => shown.has(c.mnemonic) && !inLayout.has(c.mnemonic));
  return [...tracks, ...others.map(trackFor)];
}

function withInk(tracks: Track[], paper: string): DrawnTrack[] {
  return tracks.map((track) => ({
    ...track,
    curves: track.curves.map((c, i) => ({ ...c, ink: legible(c.color, paper), dash: DASHES[i % DASHES.length]! })),
  }));
}

/** The element's width and height in CSS pixels, as they change; 0 until known. */
function useSize(element: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => setSize({ width: target.clientWidth, height: target.clientHeight });
    measure();
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Changes when the page moves to a screen of another resolution or is zoomed. */
function usePixelRatio(): number {
  const [ratio, setRatio] = useState(window.devicePixelRatio);
  useEffect(() => {
    if (typeof matchMedia !== "function") return;
    const query = matchMedia(`(resolution: ${ratio}dppx)`);
    const update = () => setRatio(window.devicePixelRatio);
    query.addEventListener("change", update);
    return () => query.removeEventListener("change", update);
  }, [ratio]);
  return ratio;
}

function caption(plot: WellPlot): string {
  const { depth, index, curves } = plot;
  const unit = index.unit && ` ${index.unit}`;
  const range = `${formatValue(depth[0]!)} to ${formatValue(depth[depth.length - 1]!)}${unit}`;
  return `${plot.name || "Well"}: ${formatCount(depth.length)} samples of ${curves.size} curves over ${index.mnemonic} ${range}.`;
}

function describe(plot: WellPlot, tracks: DrawnTrack[], cursor: number): string {
  if (cursor < 0) return "";
  const values = tracks.flatMap((track) =>
    track.curves.map(({ curve }) => {
      const value = curve.values[cursor]!;
      return `${curve.mnemonic} ${Number.isNaN(value) ? "absent" : `${formatValue(value)} ${curve.unit}`}`;
    }),
  );
  return `${plot.index.mnemonic} ${formatValue(plot.depth[cursor]!)} ${plot.index.unit}: ${values.join(", ")}`;
}

interface StageProps {
  plot: WellPlot;
  tracks: Track[];
  range: DepthRange;
  view: Viewport;
  setView: (change: (view: Viewport) => Viewport) => void;
  toolbar: (controls: { zoomIn: () => void; zoomOut: () => void; reset: () => void }) => React.ReactNode;
}

/** The picture itself. */
function Stage({ plot, tracks, range, view, setView, toolbar }: StageProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const ratio = usePixelRatio();
  const [cursor, setCursor] = useState(-1);
  const helpId = useId();
  const { width } = useSize(scroller);
  const { height } = useSize(stage);
  const [paper, setPaper] = useState("#ffffff");
  const drawn = useMemo(() => withInk(tracks, paper), [tracks, paper]);

  const count = Math.max(1, tracks.length);
  const even = Math.floor((width - DEPTH_WIDTH - 1) / count);
  const trackWidth = Math.min(TRACK_WIDTH_MAX, Math.max(TRACK_WIDTH_MIN, even));
  const tracksWidth = trackWidth * count + 1; // the last frame line

  useLayoutEffect(() => {
    const element = stage.current;
    if (!element || height === 0) return;
    const theme = themeOf(element);
    setPaper(theme.paper);
    const surface = surfaceOf(canvas.current, tracksWidth, height);
    if (surface) drawTracks(surface, drawn, plot.depth, plot.tops, view, trackWidth * surface.ratio, theme);
    const axisSurface = surfaceOf(axis.current, DEPTH_WIDTH, height);
    if (axisSurface) drawDepthAxis(axisSurface, plot.tops, view, theme);
  }, [plot, drawn, view, dark, ratio, trackWidth, tracksWidth, height]);

  const controls = useViewControls({ stage, depth: plot.depth, range, view, cursor, setView, setCursor });
  const { zoomIn, zoomOut, reset, ...handlers } = controls;
  const cursorRow = cursor >= 0 ? rowOf(plot.depth[cursor]!, view, height) : -1;
  const cursorShown = cursorRow >= 0 && cursorRow <= height;
  return (
    <>
      {toolbar({ zoomIn, zoomOut, reset })}
      <div className="plot-scroll" ref={scroller}>
        <div className="plot-sheet" style={{ width: DEPTH_WIDTH + tracksWidth }}>
          <div className="plot-heads">
            <div className="depth-head" style={{ width: DEPTH_WIDTH }}>
              <b>{plot.index.mnemonic}</b>
              <span>{plot.index.unit}</span>
            </div>
            <TrackHeaders tracks={drawn} trackWidth={trackWidth} cursor={cursorShown ? cursor : -1} />
          </div>
          <div className="plot-body">
            <div className="depth-axis" style={{ width: DEPTH_WIDTH }}>
              <canvas ref={axis} aria-hidden="true" />
              {cursorShown && (
                <output className="depth-badge" style={{ top: cursorRow }}>
                  {formatValue(plot.depth[cursor]!)}
                </output>
              )}
            </div>
            <div
              className="plot-stage"
              ref={stage}
              style={{ width: tracksWidth, touchAction: range.isWhole(view) ? "auto" : "pan-x" }}
              tabIndex={0}
              role="application"
              aria-label={`Log plot of ${plot.name || "the well"}`}
              aria-describedby={helpId}
              data-samples={plot.depth.length}
              {...handlers}
            >
              <canvas ref={canvas} aria-hidden="true" />
              {cursorShown && <Crosshair {...{ plot, drawn, cursor, trackWidth }} row={cursorRow} />}
            </div>
          </div>
        </div>
      </div>
      <p id={helpId} className="visually-hidden">
        Arrow keys pan, plus and minus zoom, Home shows the whole well, Shift with an arrow key reads the values sample
        by sample.
      </p>
      <p className="visually-hidden" role="status">
        {describe(plot, drawn, cursor)}
      </p>
    </>
  );
}

interface CrosshairProps {
  plot: WellPlot;
  drawn: DrawnTrack[];
  cursor: number;
  trackWidth: number;
  row: number;
}

/** The line at the depth that is read, and a dot on each curve there. */
function Crosshair({ drawn, cursor, trackWidth, row }: CrosshairProps) {
  return (
    <div className="crosshair" style={{ top: row }} aria-hidden="true">
      {drawn.flatMap((track, i) =>
        track.curves.map(({ curve, scale, ink }) => {
          const at = fraction(scale, curve.values[cursor]!);
          if (!(at >= 0 && at <= 1)) return null;
          return <i key={`${i} ${curve.mnemonic}`} style={{ left: (i + at) * trackWidth, background: ink }} />;
        }),
      )}
    </div>
  );
}

export default function LogPlot({ value }: RendererProps) {
  const plot = useMemo(() => readLogPlot(value), [value]);
  const range = useMemo(() => new DepthRange(plot.depth), [plot]);
  const [view, setView] = useState<Viewport>(range.whole);
  const [shown, setShown] = useState<ReadonlySet<string>>(() => layoutCurves(plot));
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
              {formatValue(view.top)} – {formatValue(view.bottom)}
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
            <button type="button" className="button" aria-expanded={panel === "curves"} onClick={() => toggle("curves")}>
              Curves {shown.size}/{plot.curves.size}
            </button>
            <button type="button" className="button" aria-expanded={panel === "table"} onClick={() => toggle("table")}>
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
