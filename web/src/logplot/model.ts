// Reads a log-plot artifact into typed arrays and a layout. What is missing or odd becomes a note, never a guess.
import { paletteColor, parseHex } from "./color";
import { MemoryData, type CurveData } from "./data";
import { isValid, scaleAround, type Scale } from "./scale";
import { normalUnit } from "./units";

export interface Curve {
  mnemonic: string;
  unit: string;
  present: number; // values that are not absent
  min: number;
  max: number;
}

/** What one edited scale is for: curves of one name in one unit. In other units its ends would mean something else. */
export function scaleKey({ mnemonic, unit }: Pick<Curve, "mnemonic" | "unit">): string {
  return `${mnemonic}\n${normalUnit(unit)}`;
}

export interface TrackCurve {
  curve: Curve;
  scale: Scale;
  color: string; // #rrggbb or #rgb
  fill: "left" | "right" | null;
}

export interface Track {
  title: string;
  curves: TrackCurve[];
  missing: string[]; // curves the layout asks for and the data does not have
  crossover: { left: string; right: string } | null;
}

export interface Top {
  name: string;
  depth: number;
}

export interface Zone {
  name: string;
  top: number;
  bottom: number;
  color: string; // #rrggbb or #rgb
}

export interface WellPlot {
  name: string;
  synthetic: boolean;
  index: { mnemonic: string; unit: string };
  data: CurveData;
  curves: Map<string, Curve>;
  tracks: Track[];
  tops: Top[];
  zones: Zone[];
  notes: string[];
}

/** The artifact cannot be drawn; the message says what it lacks. */
export class PlotDataError extends Error {}

export type Fields = Record<string, unknown>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : NaN;
}

const INDEX_NAMES = ["DEPT", "DEPTH", "MD", "TDEP", "INDEX"];

function indexName(artifact: Fields, data: Fields): string {
  const said = textOf(fieldsOf(artifact.index)?.mnemonic);
  if (said && Array.isArray(data[said])) return said;
  const known = INDEX_NAMES.find((name) => Array.isArray(data[name]));
  if (known) return known;
  throw new PlotDataError(
    said ? `The depth index ${said} is not in the data.` : "The data has no depth index, so nothing can be drawn.",
  );
}

/** The array of an artifact's logData that its depths are in. */
export function plotIndexName(artifact: { logData: Fields }): string {
  return indexName(artifact as Fields, artifact.logData);
}

/** Positions of the rows that have a depth, in ascending depth; a descending log is turned, a mixed one sorted. */
export function depthOrder(depths: readonly unknown[], notes: string[]): Int32Array {
  const rows = new Int32Array(depths.length);
  let count = 0;
  let up = true;
  let down = true;
  let before = NaN;
  for (let row = 0; row < depths.length; ++row) {
    const depth = depths[row];
    if (typeof depth !== "number" || !Number.isFinite(depth)) continue;
    rows[count++] = row;
    if (depth < before) up = false;
    if (depth > before) down = false;
    before = depth;
  }
  const order = rows.subarray(0, count);
  const dropped = depths.length - count;
  if (dropped > 0) notes.push(`${dropped} ${dropped === 1 ? "row has" : "rows have"} no depth and cannot be shown.`);
  if (!up && down) order.reverse();
  else if (!up) {
    order.sort((a, b) => (depths[a] as number) - (depths[b] as number) || a - b);
    notes.push("Depths go up and down in the data; rows are shown sorted by depth.");
  }
  return order;
}

/** A column of words, as LAS 3 allows, and not one of numbers with some words in it. */
function isText(column: readonly unknown[]): boolean {
  return !column.some((cell) => typeof cell === "number") && column.some((cell) => typeof cell === "string");
}

interface ReadCurve {
  curve: Curve;
  values: Float64Array; // absent: NaN
}

function readCurve(
  mnemonic: string,
  unit: string,
  column: readonly unknown[],
  order: Int32Array,
  notes: string[],
): ReadCurve {
  const values = new Float64Array(order.length);
  let present = 0;
  let min = Infinity;
  let max = -Infinity;
  let unreadable = 0;
  for (let i = 0; i < order.length; ++i) {
    const cell = column[order[i]!];
    if (typeof cell !== "number" || !Number.isFinite(cell)) {
      values[i] = NaN;
      if (cell !== null && cell !== undefined) ++unreadable;
      continue;
    }
    values[i] = cell;
    ++present;
    if (cell < min) min = cell;
    if (cell > max) max = cell;
  }
  if (unreadable > 0 && present > 0) notes.push(`${mnemonic}: ${unreadable} values are not numbers and are left out.`);
  return { curve: { mnemonic, unit, present, min, max }, values };
}

function readTrackCurve(spec: Fields, curve: Curve, position: number, notes: string[]): TrackCurve {
  const unit = textOf(spec.unit);
  const asked: Scale = {
    kind: spec.scale === "log" ? "log" : "linear",
    left: numberOf(spec.min),
    right: numberOf(spec.max),
  };
  let scale = asked;
  if (!isValid(asked)) {
    scale = scaleAround(curve.present ? curve.min : 0, curve.present ? curve.max : 1);
    notes.push(`${curve.mnemonic}: no usable scale in the artifact; scaled to its data.`);
  }
  const fill = spec.fill === "left" || spec.fill === "right" ? spec.fill : null;
  const color = parseHex(spec.color) ? (spec.color as string) : paletteColor(position);
  return { curve: unit && !curve.unit ? { ...curve, unit } : curve, scale, color, fill };
}

function readTracks(artifact: Fields, curves: Map<string, Curve>, notes: string[]): Track[] {
  const tracks: Track[] = [];
  const leftOut: string[] = []; // of tracks that would be empty
  let position = 0;
  for (const entry of listOf(artifact.tracks)) {
    const spec = fieldsOf(entry);
    if (!spec) continue;
    const track: Track = { title: textOf(spec.title), curves: [], missing: [], crossover: null };
    for (const item of listOf(spec.curves)) {
      const curveSpec = fieldsOf(item) ?? { mnemonic: item };
      const mnemonic = textOf(curveSpec.mnemonic);
      const curve = curves.get(mnemonic);
      if (curve && curve.present > 0) track.curves.push(readTrackCurve(curveSpec, curve, position++, notes));
      else if (mnemonic) track.missing.push(mnemonic);
    }
    const crossing = fieldsOf(spec.crossover);
    if (crossing) track.crossover = { left: textOf(crossing.left), right: textOf(crossing.right) };
    if (track.curves.length > 0) tracks.push(track);
    else leftOut.push(...track.missing);
  }
  if (leftOut.length > 0) notes.push(`Without values in the data, so not drawn: ${leftOut.join(", ")}.`);
  return tracks;
}

/** A track of its own for a curve the layout leaves out. */
export function trackFor(curve: Curve, position: number): Track {
  const scale = scaleAround(curve.min, curve.max);
  return {
    title: curve.mnemonic,
    curves: [{ curve, scale, color: paletteColor(position), fill: null }],
    missing: [],
    crossover: null,
  };
}

function readTops(artifact: Fields): Top[] {
  const tops = listOf(artifact.tops).flatMap((entry) => {
    const top = fieldsOf(entry);
    const depth = numberOf(top?.depth);
    return top && Number.isFinite(depth) ? [{ name: textOf(top.name), depth }] : [];
  });
  return tops.sort((a, b) => a.depth - b.depth);
}

/** Sorted: a name is written where the zone before leaves room for it. Colours go by place in the artifact. */
function readZones(artifact: Fields): Zone[] {
  const zones = listOf(artifact.zones).flatMap((entry, position) => {
    const zone = fieldsOf(entry);
    const top = numberOf(zone?.top);
    const bottom = numberOf(zone?.bottom);
    if (!zone || !(top < bottom)) return [];
    const color = parseHex(zone.color) ? (zone.color as string) : paletteColor(position);
    return [{ name: textOf(zone.name), top, bottom, color }];
  });
  return zones.sort((a, b) => a.top - b.top);
}

const WARNINGS_MAX = 21; // the server's twenty, and "and 5 more"

/** What was odd in the file that the log came from. */
function readWarnings(artifact: Fields): string[] {
  const texts = listOf(artifact.warnings).map(textOf).filter(Boolean);
  return texts.slice(0, WARNINGS_MAX).map((text) => `Warning of the import: ${text}`);
}

/** The plot of an artifact around curves that are known already, wherever their values are. */
export function plotOf(
  artifact: Fields,
  index: WellPlot["index"],
  curves: Map<string, Curve>,
  data: CurveData,
  notes: string[],
): WellPlot {
  let tracks = readTracks(artifact, curves, notes);
  if (tracks.length === 0)
    tracks = [...curves.values()]
      .filter((c) => c.present > 0)
      .slice(0, 4)
      .map(trackFor);
  if (tracks.length === 0) throw new PlotDataError("No curve in the data has values, so there is nothing to draw.");
  return {
    name: textOf(artifact.wellName),
    synthetic: artifact.synthetic === true,
    ...{ index, data, curves, tracks, notes: [...notes, ...readWarnings(artifact)] },
    tops: readTops(artifact),
    zones: readZones(artifact),
  };
}

export function readLogPlot(value: unknown): WellPlot {
  const artifact = fieldsOf(value);
  const columns = fieldsOf(artifact?.logData);
  if (!artifact || !columns) throw new PlotDataError("The artifact has no logData, so there is nothing to draw.");
  const notes: string[] = [];
  const index = indexName(artifact, columns);
  const depths = listOf(columns[index]);
  const order = depthOrder(depths, notes);
  if (order.length === 0) throw new PlotDataError("The depth index is empty, so there is nothing to draw.");
  const units = fieldsOf(artifact.units) ?? {};
  const curves = new Map<string, Curve>();
  const values = new Map<string, Float64Array>();
  for (const [mnemonic, column] of Object.entries(columns)) {
    if (mnemonic === index || !Array.isArray(column)) continue;
    if (isText(column)) {
      notes.push(`${mnemonic} is text and is not drawn; Download has it.`);
      continue;
    }
    if (column.length !== depths.length)
      notes.push(`${mnemonic} has ${column.length} values for ${depths.length} depths.`);
    const read = readCurve(mnemonic, textOf(units[mnemonic]), column, order, notes);
    curves.set(mnemonic, read.curve);
    values.set(mnemonic, read.values);
  }
  const depth = new Float64Array(order.length);
  for (let i = 0; i < order.length; ++i) depth[i] = depths[order[i]!] as number;
  const unit = textOf(fieldsOf(artifact.index)?.unit);
  return plotOf(artifact, { mnemonic: index, unit }, curves, new MemoryData(depth, values), notes);
}
