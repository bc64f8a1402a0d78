// Reads a log-plot artifact into typed arrays and a layout. What is missing or odd becomes a note, never a guess.
import { paletteColor, parseHex } from "./color";
import { isValid, scaleAround, type Scale } from "./scale";

export interface Curve {
  mnemonic: string;
  unit: string;
  values: Float64Array; // absent: NaN
  present: number;
  min: number;
  max: number;
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

export interface WellPlot {
  name: string;
  synthetic: boolean;
  index: { mnemonic: string; unit: string };
  depth: Float64Array; // ascending
  curves: Map<string, Curve>;
  tracks: Track[];
  tops: Top[];
  notes: string[];
}

/** The artifact cannot be drawn; the message says what it lacks. */
export class PlotDataError extends Error {}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
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

/** Positions of the rows that have a depth, in ascending depth; a descending log is turned, a mixed one sorted. */
function depthOrder(depths: unknown[], notes: string[]): Int32Array {
  const rows: number[] = [];
  depths.forEach((depth, row) => {
    if (typeof depth === "number" && Number.isFinite(depth)) rows.push(row);
  });
  const dropped = depths.length - rows.length;
  if (dropped > 0) notes.push(`${dropped} ${dropped === 1 ? "row has" : "rows have"} no depth and cannot be shown.`);
  let up = true;
  let down = true;
  for (let i = 1; i < rows.length; ++i) {
    const step = numberOf(depths[rows[i]!]) - numberOf(depths[rows[i - 1]!]);
    if (step < 0) up = false;
    if (step > 0) down = false;
  }
  if (!up && down) rows.reverse();
  else if (!up) {
    rows.sort((a, b) => numberOf(depths[a]) - numberOf(depths[b]));
    notes.push("Depths go up and down in the data; rows are shown sorted by depth.");
  }
  return Int32Array.from(rows);
}

/** A column of words, as LAS 3 allows, and not one of numbers with some words in it. */
function isText(column: unknown[]): boolean {
  return column.some((cell) => typeof cell === "string") && !column.some((cell) => typeof cell === "number");
}

function readCurve(mnemonic: string, unit: string, column: unknown[], order: Int32Array, notes: string[]): Curve {
  const values = new Float64Array(order.length);
  let present = 0;
  let min = Infinity;
  let max = -Infinity;
  let unreadable = 0;
  for (let i = 0; i < order.length; ++i) {
    const cell = column[order[i]!];
    const value = typeof cell === "number" && Number.isFinite(cell) ? cell : NaN;
    values[i] = value;
    if (Number.isNaN(value)) {
      if (cell !== null && cell !== undefined) ++unreadable;
      continue;
    }
    ++present;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (unreadable > 0 && present > 0) notes.push(`${mnemonic}: ${unreadable} values are not numbers and are left out.`);
  return { mnemonic, unit, values, present, min, max };
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

export function readLogPlot(value: unknown): WellPlot {
  const artifact = fieldsOf(value);
  const data = fieldsOf(artifact?.logData);
  if (!artifact || !data) throw new PlotDataError("The artifact has no logData, so there is nothing to draw.");
  const notes: string[] = [];
  const index = indexName(artifact, data);
  const depths = listOf(data[index]);
  const order = depthOrder(depths, notes);
  if (order.length === 0) throw new PlotDataError("The depth index is empty, so there is nothing to draw.");
  const units = fieldsOf(artifact.units) ?? {};
  const curves = new Map<string, Curve>();
  for (const [mnemonic, column] of Object.entries(data)) {
    if (mnemonic === index || !Array.isArray(column)) continue;
    if (isText(column)) {
      notes.push(`${mnemonic} is text and is not drawn; Download has it.`);
      continue;
    }
    if (column.length !== depths.length)
      notes.push(`${mnemonic} has ${column.length} values for ${depths.length} depths.`);
    curves.set(mnemonic, readCurve(mnemonic, textOf(units[mnemonic]), column, order, notes));
  }
  let tracks = readTracks(artifact, curves, notes);
  if (tracks.length === 0)
    tracks = [...curves.values()]
      .filter((c) => c.present > 0)
      .slice(0, 4)
      .map(trackFor);
  if (tracks.length === 0) throw new PlotDataError("No curve in the data has values, so there is nothing to draw.");
  const tops = listOf(artifact.tops).flatMap((entry) => {
    const top = fieldsOf(entry);
    const depth = numberOf(top?.depth);
    return top && Number.isFinite(depth) ? [{ name: textOf(top.name), depth }] : [];
  });
  tops.sort((a, b) => a.depth - b.depth);
  return {
    name: textOf(artifact.wellName),
    synthetic: artifact.synthetic === true,
    index: { mnemonic: index, unit: textOf(fieldsOf(artifact.index)?.unit) },
    depth: Float64Array.from(order, (row) => depths[row] as number),
    curves,
    tracks,
    tops,
    notes,
  };
}
