// Paints tracks and the depth axis, in device pixels. Depth to row is one function for all of them.
import { crossoverSpans, type Spans } from "./crossover";
import type { Slice } from "./data";
import { drawAxis, drawGrid, drawNames, drawTops, drawZones, type Scene, type SceneWell } from "./drawScene";
import { M4, RowIndex } from "./m4";
import type { Track, TrackCurve, WellPlot } from "./model";
import type { Surface } from "./pen";
import { Pixels } from "./pixels";
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

export interface DrawnCurve extends TrackCurve {
  ink: string; // the colour as drawn on this background
  dash: readonly number[]; // CSS pixels
}

export interface DrawnTrack extends Omit<Track, "curves"> {
  curves: DrawnCurve[];
}

export interface DrawnWell {
  plot: WellPlot;
  tracks: DrawnTrack[];
  unitsPerCommon: number; // of the well's depth, per unit of the common depth
}

/** Second and third curves of a track also differ by their line, never by colour alone. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [9, 3, 2, 3]];

const LINE_WIDTH = 1.25; // CSS pixels

export function rowOf(depth: number, view: Viewport, height: number): number {
  return ((depth - view.top) / (view.bottom - view.top)) * height;
}

/** The window in a well's own depths. */
export function viewOf(well: { unitsPerCommon: number }, view: Viewport): Viewport {
  return { top: view.top * well.unitsPerCommon, bottom: view.bottom * well.unitsPerCommon };
}

/** Both curves of the crossover, if the track shows both. */
export function crossoverOf(track: DrawnTrack): [DrawnCurve, DrawnCurve] | null {
  const find = (mnemonic?: string) => track.curves.find((c) => c.curve.mnemonic === mnemonic);
  const left = find(track.crossover?.left);
  const right = find(track.crossover?.right);
  return left && right ? [left, right] : null;
}

/** Draws frame after frame with the same memory. */
export class Painter {
  private readonly m4 = new M4();
  private readonly index = new RowIndex();
  private readonly pairIndex = new RowIndex();
  private pixels: Pixels[] = []; // one per curve of a track
  private spans: Spans = { from: new Float64Array(0), to: new Float64Array(0) };

  /** All tracks of all wells side by side. */
  paint(surface: Surface, scene: Scene): void {
    const { context, width, height } = surface;
    context.fillStyle = scene.theme.paper;
    context.fillRect(0, 0, width, height);
    let x0 = 0;
    for (const well of scene.wells) {
      this.paintWell(surface, scene, well, x0);
      x0 += well.tracks.length * scene.trackWidth;
    }
    drawFrames(surface, scene);
  }

  paintAxis(surface: Surface, scene: Scene): void {
    drawAxis(surface, scene);
  }

  private paintWell(surface: Surface, scene: Scene, well: SceneWell, x0: number): void {
    const view = viewOf(well, scene.view);
    const { data } = well.plot;
    const mnemonics = [...new Set(well.tracks.flatMap((track) => track.curves.map((c) => c.curve.mnemonic)))];
    const slice = data.slice(view, surface.height, mnemonics);
    this.index.set(slice.depth, view.top, view.bottom, surface.height);
    const width = well.tracks.length * scene.trackWidth;
    well.tracks.forEach((track, i) => drawGrid(surface, scene, track, x0 + i * scene.trackWidth));
    drawZones(surface, scene, well, x0, width);
    well.tracks.forEach((track, i) => this.paintTrack(surface, scene, well, track, slice, x0 + i * scene.trackWidth));
    drawTops(surface, scene, well, x0, width);
    drawNames(surface, scene, well, x0, width);
  }

  private paintTrack(surface: Surface, scene: Scene, well: SceneWell, track: DrawnTrack, slice: Slice, x0: number) {
    const { context, height } = surface;
    const width = scene.trackWidth;
    context.save();
    context.beginPath();
    context.rect(x0, 0, width, height);
    context.clip();
    track.curves.forEach((curve, i) => {
      const pixels = (this.pixels[i] ??= new Pixels());
      const column = slice.column(curve.curve.mnemonic);
      if (column) pixels.set(this.m4, this.index, column, curve.scale, x0, width);
      else pixels.count = 0;
      if (curve.fill) fillLine(surface, pixels, curve, x0, width);
    });
    this.shadeCrossover(surface, scene, well, track, slice, x0);
    track.curves.forEach((curve, i) => {
      drawLine(surface, this.pixels[i]!, curve);
      markOffScale(surface, this.pixels[i]!, curve, x0, width);
    });
    context.restore();
  }

  private shadeCrossover(
    surface: Surface,
    scene: Scene,
    well: SceneWell,
    track: DrawnTrack,
    slice: Slice,
    x0: number,
  ): void {
    const curves = crossoverOf(track);
    if (!curves) return;
    const [left, right] = curves.map((c) => ({ mnemonic: c.curve.mnemonic, scale: c.scale }));
    const pair = slice.pair({ left: left!, right: right! });
    if (!pair) return;
    let index = this.index;
    if (pair.depth !== index.depth) {
      const view = viewOf(well, scene.view);
      index = this.pairIndex;
      index.set(pair.depth, view.top, view.bottom, surface.height);
    }
    if (this.spans.from.length < index.rows)
      this.spans = { from: new Float64Array(index.rows), to: new Float64Array(index.rows) };
    const spans = crossoverSpans(index, pair.left, pair.right, pair.blocks, this.spans);
    surface.context.fillStyle = scene.theme.gas;
    for (let row = 0; row < index.rows; ++row) {
      const from = Math.max(0, spans.from[row]!);
      const to = Math.min(1, spans.to[row]!);
      if (to > from) surface.context.fillRect(x0 + from * scene.trackWidth, row, (to - from) * scene.trackWidth, 1);
    }
  }
}

function fillLine({ context }: Surface, pixels: Pixels, curve: DrawnCurve, x0: number, width: number): void {
  const edge = curve.fill === "left" ? x0 : x0 + width;
  const gradient = context.createLinearGradient(x0, 0, x0 + width, 0);
  const [atLeft, atRight] = curve.fill === "left" ? ["14", "5c"] : ["5c", "14"];
  gradient.addColorStop(0, curve.ink + atLeft);
  gradient.addColorStop(1, curve.ink + atRight);
  context.fillStyle = gradient;
  const { x, y, count } = pixels;
  for (let i = 0; i < count; ++i) {
    if (pixels.isBreak(i)) continue;
    context.beginPath();
    context.moveTo(edge, y[i]!);
    for (; !pixels.isBreak(i); ++i) context.lineTo(x[i]!, y[i]!);
    context.lineTo(edge, y[i - 1]!);
    context.fill();
  }
}

/** From this many points a pixel row on, a curve is drawn row by row: stroking it takes ten times as long. */
const POINTS_PER_ROW_DENSE = 0.5;
/** Of the rows that are a dash's gaps: a peak must not hide in one. */
const GAP_ALPHA = "66";

function drawLine(surface: Surface, pixels: Pixels, curve: DrawnCurve): void {
  surface.context.fillStyle = curve.ink;
  dotLonely(surface, pixels);
  if (surface.isVector || pixels.count < surface.height * POINTS_PER_ROW_DENSE) strokeLine(surface, pixels, curve);
  else fillRows(surface, pixels, curve);
}

/** A sample between absent ones has no line. */
function dotLonely({ context, ratio }: Surface, pixels: Pixels): void {
  const dot = 1.1 * ratio;
  for (let i = 0; i < pixels.count; ++i)
    if (!pixels.isBreak(i) && pixels.isBreak(i - 1) && pixels.isBreak(i + 1))
      context.fillRect(pixels.x[i]! - dot, pixels.y[i]! - dot, 2 * dot, 2 * dot);
}

function strokeLine({ context, ratio }: Surface, pixels: Pixels, curve: DrawnCurve): void {
  context.strokeStyle = curve.ink;
  context.lineWidth = LINE_WIDTH * ratio;
  context.lineJoin = "bevel"; // as good as round at this width, and twice as fast
  context.setLineDash(curve.dash.map((length) => length * ratio));
  context.beginPath();
  for (let i = 0; i < pixels.count; ++i) {
    if (pixels.isBreak(i)) continue;
    if (pixels.isBreak(i - 1)) context.moveTo(pixels.x[i]!, pixels.y[i]!);
    else context.lineTo(pixels.x[i]!, pixels.y[i]!);
  }
  context.stroke();
  context.setLineDash([]);
}

/** What the line covers of each pixel row, filled; a dashed curve is dashed down the rows. */
function fillRows({ context, height, ratio }: Surface, pixels: Pixels, curve: DrawnCurve): void {
  const width = LINE_WIDTH * ratio;
  const [dash = 0, gap = 0] = curve.dash.map((length) => Math.max(2, Math.round(length)) * ratio);
  const isGap = (row: number) => gap > 0 && row % (dash + gap) >= dash;
  const fill = (gaps: boolean) =>
    pixels.forEachSpan(height, (row, low, high) => {
      if (isGap(row) === gaps) context.fillRect(low - width / 2, row, high - low + width, 1);
    });
  context.fillStyle = curve.ink;
  fill(false);
  if (gap === 0) return;
  context.fillStyle = curve.ink + GAP_ALPHA;
  fill(true);
}

/** A bar on the edge where the curve has left the track on that side. */
function markOffScale({ context, ratio }: Surface, pixels: Pixels, curve: DrawnCurve, x0: number, width: number): void {
  const { x, y, count } = pixels;
  const bar = 3 * ratio;
  const sideOf = (i: number) => (x[i]! < x0 ? -1 : x[i]! > x0 + width ? 1 : 0); // 0 for a break
  context.fillStyle = curve.ink;
  for (let i = 0; i < count; ++i) {
    const side = sideOf(i);
    if (side === 0) continue;
    const start = y[i]!;
    while (i + 1 < count && sideOf(i + 1) === side) ++i;
    context.fillRect(side < 0 ? x0 : x0 + width - bar, start - ratio, bar, y[i]! - start + 2 * ratio);
  }
}

/** Lines between the tracks, a stronger one between wells. */
function drawFrames({ context, width, height, ratio }: Surface, scene: Scene): void {
  context.strokeStyle = scene.theme.frame;
  let track = 0;
  const line = (lineWidth: number) => {
    const x = Math.min(width - 1, Math.max(0, Math.floor(track * scene.trackWidth))) + 0.5;
    context.lineWidth = lineWidth;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
  };
  line(1);
  for (const well of scene.wells)
    well.tracks.forEach((_, i) => {
      ++track;
      line(i === well.tracks.length - 1 && scene.wells.length > 1 ? 3 * ratio : 1);
    });
}
