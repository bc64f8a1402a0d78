// The picture of a log plot: heads, depth axis and tracks, with the line and the values at the cursor.
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type RefObject,
} from "react";
import { formatDepth } from "../format";
import { useDark } from "../hooks/useDark";
import { surfaceOf, themeOf } from "./canvas";
import { legible } from "./color";
import { DASHES, Painter, rowOf, type DrawnTrack, type DrawnWell } from "./draw";
import type { Scene } from "./drawScene";
import type { Track, WellPlot } from "./model";
import { describeReading, lineAt, rowRead, useVersion, type Cursor } from "./reading";
import { fraction } from "./scale";
import type { Sheet } from "./sheet";
import { useStore, type Store } from "./store";
import { TrackHeaders } from "./TrackHeaders";
import type { DepthDisplay } from "./units";
import { usePixelRatio, useSize } from "./useMeasure";
import { useViewControls } from "./useViewControls";
import type { DepthRange, Viewport } from "./viewport";

// CSS pixels
const DEPTH_WIDTH = 72;
const TRACK_WIDTH_MIN = 124;
const TRACK_WIDTH_MAX = 300;

/** A well and what is shown of it. */
export interface ShownWell {
  plot: WellPlot;
  tracks: Track[];
  unitsPerCommon: number;
}

function withInk(tracks: Track[], paper: string): DrawnTrack[] {
  return tracks.map((track) => ({
    ...track,
    curves: track.curves.map((c, i) => ({ ...c, ink: legible(c.color, paper), dash: DASHES[i % DASHES.length]! })),
  }));
}

interface StageProps {
  wells: readonly ShownWell[];
  range: DepthRange;
  view: Store<Viewport>;
  cursor: Store<Cursor>;
  display: DepthDisplay;
  edited: string | null;
  onEdit: (scaleKey: string) => void;
  /** Set by the stage: the picture as it is now, for those who keep it. */
  sheet: RefObject<(() => Sheet) | null>;
}

interface PaintOptions extends Pick<StageProps, "wells" | "view" | "display" | "sheet"> {
  stage: RefObject<HTMLElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
  axis: RefObject<HTMLCanvasElement | null>;
  trackWidth: number; // CSS pixels, like the others
  tracksWidth: number;
  height: number;
}

/** Asks for at most one frame at a time, however often it is called. */
function oncePerFrame(paint: () => void): { ask: () => void; cancel: () => void } {
  let frame = 0;
  return {
    ask: () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        paint();
      });
    },
    cancel: () => cancelAnimationFrame(frame),
  };
}

/**
 * Paints both canvases: at once when the picture's parts change, in the next frame when only the window moves or data
 * came in. The result is the wells as painted.
 */
function usePainted(options: PaintOptions): DrawnWell[] {
  const { wells, view, display, sheet, stage, canvas, axis, trackWidth, tracksWidth, height } = options;
  const dark = useDark();
  const ratio = usePixelRatio();
  const [paper, setPaper] = useState("#ffffff");
  const painter = useRef<Painter>(null);
  painter.current ??= new Painter();
  const drawn = useMemo(() => wells.map((well) => ({ ...well, tracks: withInk(well.tracks, paper) })), [wells, paper]);
  useLayoutEffect(() => {
    const element = stage.current;
    if (!element || height === 0) return;
    const theme = themeOf(element);
    setPaper(theme.paper);
    const scene = (scale: number): Scene => ({
      ...{ wells: drawn, view: view.get(), display, theme },
      trackWidth: trackWidth * scale,
    });
    const paint = () => {
      const surface = surfaceOf(canvas.current, tracksWidth, height);
      if (surface) painter.current!.paint(surface, scene(surface.ratio));
      const axisSurface = surfaceOf(axis.current, DEPTH_WIDTH, height);
      if (axisSurface) painter.current!.paintAxis(axisSurface, scene(axisSurface.ratio));
    };
    sheet.current = () => ({ scene: scene(1), trackWidth, height });
    paint();
    const frame = oncePerFrame(paint);
    const stops = [view.subscribe(frame.ask), ...drawn.map((well) => well.plot.data.subscribe(frame.ask))];
    return () => {
      frame.cancel();
      for (const stop of stops) stop();
    };
  }, [stage, canvas, axis, drawn, view, display, sheet, dark, ratio, trackWidth, tracksWidth, height]);
  return drawn;
}

/** The picture itself. */
export function Stage({ wells, range, view, cursor, display, edited, onEdit, sheet }: StageProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const helpId = useId();
  const { width } = useSize(scroller);
  const { height } = useSize(stage);
  const count = Math.max(
    1,
    wells.reduce((sum, well) => sum + well.tracks.length, 0),
  );
  const even = Math.floor((width - DEPTH_WIDTH - 1) / count);
  const trackWidth = Math.min(TRACK_WIDTH_MAX, Math.max(TRACK_WIDTH_MIN, even));
  const tracksWidth = trackWidth * count + 1; // the last frame line
  const first = wells[0]!.plot;
  const names = wells.map((well) => well.plot.name || "the well").join(", ");

  const drawn = usePainted({ wells, view, display, sheet, stage, canvas, axis, trackWidth, tracksWidth, height });
  const handlers = useViewControls({ stage, data: first.data, range, view, cursor });
  const isWhole = useSyncExternalStore(view.subscribe, () => range.isWhole(view.get()));
  return (
    <>
      <div className="plot-scroll" ref={scroller}>
        <div className="plot-sheet" style={{ width: DEPTH_WIDTH + tracksWidth }}>
          <div className="plot-heads">
            <div className="depth-head" style={{ width: DEPTH_WIDTH }}>
              <b>{first.index.mnemonic}</b>
              <span>{display.unit}</span>
            </div>
            <TrackHeaders wells={drawn} {...{ trackWidth, view, cursor, edited, onEdit }} />
          </div>
          <div className="plot-body">
            <div className="depth-axis" style={{ width: DEPTH_WIDTH }}>
              <canvas ref={axis} aria-hidden="true" />
              <DepthBadge {...{ drawn, view, cursor, display, height }} />
            </div>
            <div
              className="plot-stage"
              ref={stage}
              // One finger scrolls the page until one has zoomed in; two fingers are always the plot's.
              style={{ width: tracksWidth, touchAction: isWhole ? "pan-x pan-y" : "pan-x" }}
              tabIndex={0}
              role="application"
              aria-label={`Log plot of ${names}`}
              aria-describedby={helpId}
              data-samples={first.data.rows}
              {...handlers}
            >
              <canvas ref={canvas} aria-hidden="true" />
              {drawn.every((well) => well.tracks.length === 0) && (
                <p className="plot-empty">No curve is shown. Curves has those there are.</p>
              )}
              <Crosshair {...{ drawn, view, cursor, trackWidth, height }} />
            </div>
          </div>
        </div>
      </div>
      <p id={helpId} className="visually-hidden">
        Arrow keys pan, plus and minus zoom, Home shows the whole well, Shift with an arrow key reads the values sample
        by sample.
      </p>
      <Spoken {...{ drawn, cursor, display }} />
    </>
  );
}

interface ReadProps {
  drawn: readonly DrawnWell[];
  view: Store<Viewport>;
  cursor: Store<Cursor>;
}

function DepthBadge({ drawn, view, cursor, display, height }: ReadProps & { display: DepthDisplay; height: number }) {
  useVersion(drawn[0]!.plot.data);
  const window = useStore(view);
  const depth = lineAt(drawn, useStore(cursor), window);
  if (depth === null) return null;
  return (
    <output className="depth-badge" style={{ top: rowOf(depth, window, height) }}>
      {formatDepth(depth * display.factor, display.decimals)}
    </output>
  );
}

/** The line at the depth that is read, and a dot on each curve at its own sample there. */
function Crosshair({ drawn, view, cursor, trackWidth, height }: ReadProps & { trackWidth: number; height: number }) {
  useVersion(drawn[0]!.plot.data);
  const window = useStore(view);
  const now = useStore(cursor);
  const depth = lineAt(drawn, now, window);
  if (depth === null) return null;
  let position = 0;
  const line = rowOf(depth, window, height);
  const dots = drawn.flatMap((well, w) => {
    const row = rowRead(well, now, w === 0);
    const at = row < 0 ? undefined : well.plot.data.depthAt(row);
    return well.tracks.flatMap((track, t) => {
      const left = position++;
      if (at === undefined) return [];
      const top = rowOf(at / well.unitsPerCommon, window, height) - line;
      return track.curves.map(({ curve, scale, ink }) => {
        const across = fraction(scale, well.plot.data.valueAt(curve.mnemonic, row) ?? NaN);
        if (!(across >= 0 && across <= 1)) return null;
        const style = { left: (left + across) * trackWidth, marginTop: top, background: ink };
        return <i key={`${w} ${t} ${curve.mnemonic}`} style={style} />;
      });
    });
  });
  return (
    <div className="crosshair" style={{ top: line }} aria-hidden="true">
      {dots}
    </div>
  );
}

/** The reading as a sentence; said when the cursor rests, not for every step of a sweep. */
function Spoken({ drawn, cursor, display }: Omit<ReadProps, "view"> & { display: DepthDisplay }) {
  const now = useStore(cursor);
  const [rested, setRested] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setRested(now), 150);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <p className="visually-hidden" role="status">
      {describeReading(drawn, rested, display)}
    </p>
  );
}
