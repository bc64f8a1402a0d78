// What stands around the curves: grids, zones, tops and their names, the depth axis.
import { legible } from "./color";
import { rowOf, type DrawnTrack, type DrawnWell, type Theme } from "./draw";
import type { Surface } from "./pen";
import { gridLines, roundStep } from "./scale";
import type { DepthDisplay } from "./units";
import type { Viewport } from "./viewport";

export type SceneWell = DrawnWell;

/** Everything a frame shows. */
export interface Scene {
  wells: readonly SceneWell[];
  view: Viewport; // in the common depth
  display: DepthDisplay;
  trackWidth: number; // device pixels
  theme: Theme;
}

/** Steps of labelled depths: round numbers about 64 CSS pixels apart, in the unit shown. */
export function depthStep(scene: Scene, heightCss: number): number {
  const { view, display } = scene;
  return roundStep((((view.bottom - view.top) * display.factor) / Math.max(1, heightCss)) * 64);
}

/** Common depths that are whole multiples of a step in the unit shown. */
function depthsEvery(step: number, { view, display }: Scene): number[] {
  const depths: number[] = [];
  for (let i = Math.ceil((view.top * display.factor) / step); i * step <= view.bottom * display.factor; ++i)
    depths.push((i * step) / display.factor);
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

export function drawGrid(surface: Surface, scene: Scene, track: DrawnTrack, x0: number): void {
  const { context, height, ratio } = surface;
  const { view, trackWidth: width, theme } = scene;
  context.lineWidth = 1;
  const step = depthStep(scene, height / ratio);
  context.strokeStyle = theme.grid;
  strokeRows(surface, depthsEvery(step / 5, scene), view, x0, x0 + width);
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
  strokeRows(surface, depthsEvery(step, scene), view, x0, x0 + width);
}

interface ZoneRows {
  name: string;
  ink: string;
  from: number;
  to: number;
}

/** The zones of a well that the window shows, in pixel rows. */
function zoneRows(surface: Surface, scene: Scene, well: SceneWell): ZoneRows[] {
  return well.plot.zones.flatMap(({ name, top, bottom, color }) => {
    const from = Math.max(0, rowOf(top / well.unitsPerCommon, scene.view, surface.height));
    const to = Math.min(surface.height, rowOf(bottom / well.unitsPerCommon, scene.view, surface.height));
    return to > from ? [{ name, ink: legible(color, scene.theme.paper), from, to }] : [];
  });
}

/** Bands behind the curves, light enough to read them, with a solid edge on the left. */
export function drawZones(surface: Surface, scene: Scene, well: SceneWell, x0: number, width: number): void {
  const { context, ratio } = surface;
  for (const { ink, from, to } of zoneRows(surface, scene, well)) {
    context.fillStyle = `${ink}1c`;
    context.fillRect(x0, from, width, to - from);
    context.fillStyle = ink;
    context.fillRect(x0, from, 4 * ratio, to - from);
    context.fillRect(x0, from, width, Math.max(1, ratio));
  }
}

function topsShown(well: SceneWell, view: Viewport): { name: string; depth: number }[] {
  return well.plot.tops
    .map(({ name, depth }) => ({ name, depth: depth / well.unitsPerCommon }))
    .filter(({ depth }) => depth >= view.top && depth <= view.bottom);
}

export function drawTops(surface: Surface, scene: Scene, well: SceneWell, x0: number, width: number): void {
  const { context, ratio } = surface;
  const depths = topsShown(well, scene.view).map((top) => top.depth);
  context.strokeStyle = scene.theme.muted;
  context.lineWidth = 1;
  context.setLineDash([6 * ratio, 4 * ratio]);
  strokeRows(surface, depths, scene.view, x0, x0 + width);
  context.setLineDash([]);
}

/**
 * Names of tops stand on their lines in a well's first track, those of zones in its last, on a patch of paper so that
 * curves do not run through them. Where they crowd, a name that would cover the one above it waits until one zooms in.
 */
export function drawNames(surface: Surface, scene: Scene, well: SceneWell, x0: number, width: number): void {
  const { height, ratio } = surface;
  const tops = topsShown(well, scene.view).map(({ name, depth }) => ({
    name,
    y: Math.max(18 * ratio, rowOf(depth, scene.view, height)) - 9 * ratio,
  }));
  nameColumn(surface, scene, tops, x0, "left");
  const zones = zoneRows(surface, scene, well)
    .filter(({ from, to }) => to - from >= 16 * ratio)
    .map(({ name, from }) => ({ name, y: from + 10 * ratio }));
  nameColumn(surface, scene, zones, x0 + width, "right");
}

function nameColumn(
  surface: Surface,
  scene: Scene,
  names: { name: string; y: number }[],
  x: number,
  align: "left" | "right",
): void {
  const { context, ratio } = surface;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.font = `600 ${11 * ratio}px ${scene.theme.font}`;
  const space = scene.trackWidth - 16 * ratio;
  const sign = align === "left" ? 1 : -1;
  let lowest = -Infinity;
  for (const { name, y } of names) {
    if (!name || y < lowest + 15 * ratio) continue;
    lowest = y;
    const width = Math.min(space, context.measureText(name).width) + 8 * ratio;
    context.fillStyle = scene.theme.paper;
    context.fillRect(x + sign * 6 * ratio - (align === "left" ? 0 : width), y - 7 * ratio, width, 14 * ratio);
    context.fillStyle = scene.theme.text;
    context.fillText(name, x + sign * 10 * ratio, y, space);
  }
}

/** The depth axis: round depths labelled, fifths ticked. */
export function drawAxis(surface: Surface, scene: Scene): void {
  const { context, width, height, ratio } = surface;
  const { view, display, theme } = scene;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, width, height);
  const step = depthStep(scene, height / ratio);
  context.lineWidth = 1;
  context.strokeStyle = theme.gridStrong;
  strokeRows(surface, depthsEvery(step / 5, scene), view, width - 4 * ratio, width);
  context.strokeStyle = theme.muted;
  strokeRows(surface, depthsEvery(step, scene), view, width - 8 * ratio, width);
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  context.font = `${11 * ratio}px ${theme.font}`;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  for (const depth of depthsEvery(step, scene)) {
    const y = Math.min(height - 7 * ratio, Math.max(7 * ratio, rowOf(depth, view, height)));
    context.fillText((depth * display.factor).toFixed(digits), width - 11 * ratio, y);
  }
  if (scene.wells.length === 1) drawTops(surface, scene, scene.wells[0]!, 0, width);
}
