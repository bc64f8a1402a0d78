// The picture of a log plot: heads, depth axis and tracks, with the line and the values at the cursor.
import { useId, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from "react";
import { formatDepth, formatValue } from "../format";
import { useDark } from "../hooks/useDark";
import { surfaceOf, themeOf } from "./canvas";
import { legible } from "./color";
import { DASHES, drawDepthAxis, drawTracks, rowOf, type DrawnTrack } from "./draw";
import type { Track, WellPlot } from "./model";
import { fraction } from "./scale";
import { TrackHeaders } from "./TrackHeaders";
import { usePixelRatio, useSize } from "./useMeasure";
import { useViewControls } from "./useViewControls";
import type { DepthRange, Viewport } from "./viewport";

// CSS pixels
const DEPTH_WIDTH = 72;
const TRACK_WIDTH_MIN = 124;
const TRACK_WIDTH_MAX = 300;

function withInk(tracks: Track[], paper: string): DrawnTrack[] {
  return tracks.map((track) => ({
    ...track,
    curves: track.curves.map((c, i) => ({ ...c, ink: legible(c.color, paper), dash: DASHES[i % DASHES.length]! })),
  }));
}

function describe(plot: WellPlot, tracks: DrawnTrack[], cursor: number): string {
  if (cursor < 0) return "";
  const values = tracks.flatMap((track) =>
    track.curves.map(({ curve }) => {
      const value = curve.values[cursor]!;
      return `${curve.mnemonic} ${Number.isNaN(value) ? "absent" : `${formatValue(value)} ${curve.unit}`}`;
    }),
  );
  return `${plot.index.mnemonic} ${formatDepth(plot.depth[cursor]!)} ${plot.index.unit}: ${values.join(", ")}`;
}

interface PaintOptions {
  stage: RefObject<HTMLElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
  axis: RefObject<HTMLCanvasElement | null>;
  plot: WellPlot;
  tracks: Track[];
  view: Viewport;
  trackWidth: number; // CSS pixels, like the others
  tracksWidth: number;
  height: number;
}

/** Paints both canvases whenever something they show changes; the result is the tracks as painted. */
function usePainted(options: PaintOptions): DrawnTrack[] {
  const { stage, canvas, axis, plot, tracks, view, trackWidth, tracksWidth, height } = options;
  const dark = useDark();
  const ratio = usePixelRatio();
  const [paper, setPaper] = useState("#ffffff");
  const drawn = useMemo(() => withInk(tracks, paper), [tracks, paper]);
  useLayoutEffect(() => {
    const element = stage.current;
    if (!element || height === 0) return;
    const theme = themeOf(element);
    setPaper(theme.paper);
    const surface = surfaceOf(canvas.current, tracksWidth, height);
    if (surface) drawTracks(surface, drawn, plot.depth, plot.tops, view, trackWidth * surface.ratio, theme);
    const axisSurface = surfaceOf(axis.current, DEPTH_WIDTH, height);
    if (axisSurface) drawDepthAxis(axisSurface, plot.tops, view, theme);
  }, [stage, canvas, axis, plot, drawn, view, dark, ratio, trackWidth, tracksWidth, height]);
  return drawn;
}

interface StageProps {
  plot: WellPlot;
  tracks: Track[];
  range: DepthRange;
  view: Viewport;
  setView: (change: (view: Viewport) => Viewport) => void;
  toolbar: (controls: { zoomIn: () => void; zoomOut: () => void; reset: () => void }) => ReactNode;
}

/** The picture itself. */
export function Stage({ plot, tracks, range, view, setView, toolbar }: StageProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState(-1);
  const helpId = useId();
  const { width } = useSize(scroller);
  const { height } = useSize(stage);
  const count = Math.max(1, tracks.length);
  const even = Math.floor((width - DEPTH_WIDTH - 1) / count);
  const trackWidth = Math.min(TRACK_WIDTH_MAX, Math.max(TRACK_WIDTH_MIN, even));
  const tracksWidth = trackWidth * count + 1; // the last frame line

  const drawn = usePainted({ stage, canvas, axis, plot, tracks, view, trackWidth, tracksWidth, height });
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
                  {formatDepth(plot.depth[cursor]!)}
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
              {cursorShown && <Crosshair drawn={drawn} cursor={cursor} trackWidth={trackWidth} row={cursorRow} />}
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
