// Paints tracks and the depth axis onto canvases, in device pixels. Depth to row is one function for all of them.
import { crossoverSpans } from "./crossover";
import { BREAK, m4 } from "./m4";
import type { Top, Track, TrackCurve } from "./model";
import { fraction, gridLines, roundStep } from "./scale";
import type { Viewport } from "./viewport";

export interface Theme {
  paper: string;
  grid: string;
  gridStrong: string;
  frame: string;
  text: string;
  muted: string;
  gas: string;
  font: string;
}

export interface Surface {
  context: CanvasRenderingContext2D;
  width: number; // device pixels
  height: number;
  ratio: number; // device pixels per CSS pixel
}

export interface DrawnCurve extends TrackCurve {
  ink: string; // the colour as drawn on this background
  dash: readonly number[]; // CSS pixels
}

export interface DrawnTrack extends Omit<Track, "curves"> {
  curves: DrawnCurve[];
}

/** Second and third curves of a track also differ by their line, never by colour alone. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [9, 3, 2, 3]];

export function rowOf(depth: number, view: Viewport, height: number): number {
  return ((depth - view.top) / (view.bottom - view.top)) * height;
}

/** Steps of labelled depths: round numbers about 64 CSS pixels apart. */
export function depthStep(view: Viewport, heightCss: number): number {
  return roundStep(((view.bottom - view.top) / Math.max(1, heightCss)) * 64);
}

function depthsEvery(step: number, view: Viewport): number[] {
  const depths: number[] = [];
  for (let i = Math.ceil(view.top / step); i * step <= view.bottom; ++i) depths.push(i * step);
  return depths;
}

/** A line one device pixel wide lies on the middle of a pixel, or it blurs. */
function crisp(at: number, length: number): number {
  return Math.min(length - 1, Math.max(0, Math.floor(at))) + 0.5;
}

function strokeRows(surface: Surface, depths: number[], view: Viewport, x0: number, x1: number): void {
  const { context, height } = surface;
  context.beginPath();
  for (const depth of depths) {
    const y = crisp(rowOf(depth, view, height), height);
    context.moveTo(x0, y);
    context.lineTo(x1, y);
  }
  context.stroke();
}

function drawGrid(surface: Surface, track: DrawnTrack, view: Viewport, x0: number, width: number, theme: Theme): void {
  const { context, height, ratio } = surface;
  context.lineWidth = 1;
  const step = depthStep(view, height / ratio);
  context.strokeStyle = theme.grid;
  strokeRows(surface, depthsEvery(step / 5, view), view, x0, x0 + width);
  const lines = track.curves[0] ? gridLines(track.curves[0].scale, width / ratio > 150 ? 10 : 4) : [];
  for (const major of [false, true]) {
    context.strokeStyle = major ? theme.gridStrong : theme.grid;
    context.beginPath();
    for (const line of lines)
      if (line.major === major) {
        const x = crisp(x0 + line.at * width, surface.width);
        context.moveTo(x, 0);
        context.lineTo(x, height);
      }
    context.stroke();
  }
  context.strokeStyle = theme.gridStrong;
  strokeRows(surface, depthsEvery(step, view), view, x0, x0 + width);
}

interface Point {
  x: number;
  y: number;
  side: -1 | 0 | 1; // beyond the left edge, on the track, beyond the right edge
}

/** Far off-scale points are pulled in: canvases misbehave with coordinates in the billions. */
const TRACKS_AWAY_MAX = 40;

/** The runs of points to connect; an absent value ends a run. */
function runsOf(
  curve: DrawnCurve,
  depth: Float64Array,
  view: Viewport,
  x0: number,
  width: number,
  height: number,
): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const i of m4(depth, curve.curve.values, view.top, view.bottom, height)) {
    if (i === BREAK) {
      if (run.length > 0) runs.push(run);
      run = [];
      continue;
    }
    const at = fraction(curve.scale, curve.curve.values[i]!);
    const pulled = Math.max(-TRACKS_AWAY_MAX, Math.min(TRACKS_AWAY_MAX, at));
    run.push({ x: x0 + pulled * width, y: rowOf(depth[i]!, view, height), side: at < 0 ? -1 : at > 1 ? 1 : 0 });
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

function fillRuns(surface: Surface, runs: Point[][], curve: DrawnCurve, x0: number, width: number): void {
  const { context } = surface;
  const edge = curve.fill === "left" ? x0 : x0 + width;
  const gradient = context.createLinearGradient(x0, 0, x0 + width, 0);
  const [atLeft, atRight] = curve.fill === "left" ? ["14", "5c"] : ["5c", "14"];
  gradient.addColorStop(0, curve.ink + atLeft);
  gradient.addColorStop(1, curve.ink + atRight);
  context.fillStyle = gradient;
  for (const run of runs) {
    context.beginPath();
    context.moveTo(edge, run[0]!.y);
    for (const { x, y } of run) context.lineTo(x, y);
    context.lineTo(edge, run[run.length - 1]!.y);
    context.fill();
  }
}

function strokeRuns(surface: Surface, runs: Point[][], curve: DrawnCurve): void {
  const { context, ratio } = surface;
  context.strokeStyle = context.fillStyle = curve.ink;
  context.lineWidth = 1.25 * ratio;
  context.lineJoin = "round";
  context.setLineDash(curve.dash.map((length) => length * ratio));
  context.beginPath();
  for (const run of runs) {
    const dot = 1.1 * ratio;
    if (run.length === 1) context.fillRect(run[0]!.x - dot, run[0]!.y - dot, 2 * dot, 2 * dot);
    run.forEach(({ x, y }, i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  }
  context.stroke();
  context.setLineDash([]);
}

/** A bar on the edge where the curve has left the track on that side. */
function markOffScale(surface: Surface, runs: Point[][], curve: DrawnCurve, x0: number, width: number): void {
  const { context, ratio } = surface;
  const bar = 3 * ratio;
  context.fillStyle = curve.ink;
  for (const run of runs)
    run.forEach((point, i) => {
      if (point.side === 0) return;
      const before = run[i - 1];
      const start = before && before.side === point.side ? before.y : point.y - ratio;
      const x = point.side < 0 ? x0 : x0 + width - bar;
      context.fillRect(x, start, bar, Math.max(2 * ratio, point.y + ratio - start));
    });
}

/** Both curves of the crossover, if the track shows both. */
export function crossoverOf(track: DrawnTrack): [DrawnCurve, DrawnCurve] | null {
  const find = (mnemonic?: string) => track.curves.find((c) => c.curve.mnemonic === mnemonic);
  const left = find(track.crossover?.left);
  const right = find(track.crossover?.right);
  return left && right ? [left, right] : null;
}

function shadeCrossover(
  surface: Surface,
  track: DrawnTrack,
  depth: Float64Array,
  view: Viewport,
  x0: number,
  width: number,
  theme: Theme,
): void {
  const pair = crossoverOf(track);
  if (!pair) return;
  const [left, right] = pair.map((c) => ({ values: c.curve.values, scale: c.scale }));
  const spans = crossoverSpans(depth, left!, right!, view.top, view.bottom, surface.height);
  surface.context.fillStyle = theme.gas;
  for (let row = 0; row < surface.height; ++row) {
    if (Number.isNaN(spans.from[row])) continue;
    const from = Math.max(0, spans.from[row]!);
    const to = Math.min(1, spans.to[row]!);
    if (to > from) surface.context.fillRect(x0 + from * width, row, (to - from) * width, 1);
  }
}

function drawTrack(
  surface: Surface,
  track: DrawnTrack,
  depth: Float64Array,
  view: Viewport,
  x0: number,
  width: number,
  theme: Theme,
): void {
  const { context, height } = surface;
  drawGrid(surface, track, view, x0, width, theme);
  context.save();
  context.beginPath();
  context.rect(x0, 0, width, height);
  context.clip();
  const drawn = track.curves.map((curve) => ({ curve, runs: runsOf(curve, depth, view, x0, width, height) }));
  for (const { curve, runs } of drawn) if (curve.fill) fillRuns(surface, runs, curve, x0, width);
  shadeCrossover(surface, track, depth, view, x0, width, theme);
  for (const { curve, runs } of drawn) {
    strokeRuns(surface, runs, curve);
    markOffScale(surface, runs, curve, x0, width);
  }
  context.restore();
}

function drawTops(surface: Surface, tops: Top[], view: Viewport, theme: Theme): void {
  const { context, width, ratio } = surface;
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.setLineDash([6 * ratio, 4 * ratio]);
  strokeRows(
    surface,
    tops.map((top) => top.depth).filter((d) => d >= view.top && d <= view.bottom),
    view,
    0,
    width,
  );
  context.setLineDash([]);
}

/**
 * Names stand on their lines in the first track, on a patch of paper so that curves do not run through them.
 * Where tops crowd, a name that would cover the one above it waits until one zooms in; its line is there.
 */
function nameTops(surface: Surface, tops: Top[], view: Viewport, trackWidth: number, theme: Theme): void {
  const { context, height, ratio } = surface;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = `600 ${11 * ratio}px ${theme.font}`;
  const space = trackWidth - 16 * ratio;
  let lowest = -Infinity;
  for (const { name, depth } of tops) {
    if (!name || depth < view.top || depth > view.bottom) continue;
    const width = Math.min(space, context.measureText(name).width);
    const y = Math.max(18 * ratio, rowOf(depth, view, height)) - 9 * ratio;
    if (y < lowest + 15 * ratio) continue;
    lowest = y;
    context.fillStyle = theme.paper;
    context.fillRect(4 * ratio, y - 7 * ratio, width + 8 * ratio, 14 * ratio);
    context.fillStyle = theme.text;
    context.fillText(name, 8 * ratio, y, space);
  }
}

/** All tracks side by side, each `trackWidth` device pixels wide. */
export function drawTracks(
  surface: Surface,
  tracks: DrawnTrack[],
  depth: Float64Array,
  tops: Top[],
  view: Viewport,
  trackWidth: number,
  theme: Theme,
): void {
  const { context, width, height } = surface;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, width, height);
  tracks.forEach((track, i) => drawTrack(surface, track, depth, view, i * trackWidth, trackWidth, theme));
  drawTops(surface, tops, view, theme);
  nameTops(surface, tops, view, trackWidth, theme);
  context.strokeStyle = theme.frame;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i <= tracks.length; ++i) {
    const x = crisp(i * trackWidth, width);
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  context.stroke();
}

/** The depth axis: round depths labelled, fifths ticked. */
export function drawDepthAxis(surface: Surface, tops: Top[], view: Viewport, theme: Theme): void {
  const { context, width, height, ratio } = surface;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, width, height);
  const step = depthStep(view, height / ratio);
  context.lineWidth = 1;
  context.strokeStyle = theme.gridStrong;
  strokeRows(surface, depthsEvery(step / 5, view), view, width - 4 * ratio, width);
  context.strokeStyle = theme.muted;
  strokeRows(surface, depthsEvery(step, view), view, width - 8 * ratio, width);
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  context.font = `${11 * ratio}px ${theme.font}`;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  for (const depth of depthsEvery(step, view)) {
    const y = Math.min(height - 7 * ratio, Math.max(7 * ratio, rowOf(depth, view, height)));
    context.fillText(depth.toFixed(digits), width - 11 * ratio, y);
  }
  drawTops(surface, tops, view, theme);
}
