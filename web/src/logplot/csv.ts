// The samples as CSV (RFC 4180), exactly as the data have them: order, numbers, nothing where they are null.
import { fieldsOf, plotIndexName, textOf, type Fields } from "./model";
import type { TiledData } from "./tiledData";
import type { Viewport } from "./viewport";

const ROWS_PER_PART = 4096;
const FETCHES_AT_ONCE = 4;

/** Numbers as the shortest text that reads back as the same number; null as nothing. */
export function cellText(cell: unknown): string {
  if (typeof cell === "number") return Object.is(cell, -0) ? "-0" : Number.isNaN(cell) ? "" : String(cell);
  if (cell === null || cell === undefined) return "";
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function line(cells: readonly unknown[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

/** `DEPT (FT)`: whoever opens the file must not guess. */
function heading(name: string, unit: string): string {
  return unit ? `${name} (${unit})` : name;
}

function isInside(depth: unknown, view: Viewport | null): boolean {
  return view === null || (typeof depth === "number" && depth >= view.top && depth <= view.bottom);
}

/** All columns of a log plot artifact, the index first; `view` null: every row, also those without a depth. */
export function csvOfValue(value: unknown, view: Viewport | null): Blob {
  const artifact = value as { logData: Fields; units?: unknown; index?: unknown };
  const index = plotIndexName(artifact);
  const names = Object.keys(artifact.logData).filter((name) => Array.isArray(artifact.logData[name]));
  const ordered = [index, ...names.filter((name) => name !== index)];
  const columns = ordered.map((name) => artifact.logData[name] as unknown[]);
  const rows = Math.max(...columns.map((column) => column.length));
  const units = fieldsOf(artifact.units) ?? {};
  const indexUnit = textOf(fieldsOf(artifact.index)?.unit);
  const unitOf = (name: string) => (name === index && indexUnit) || textOf(units[name]);
  const parts = [line(ordered.map((name) => heading(name, unitOf(name))))];
  let part = "";
  for (let row = 0; row < rows; ++row) {
    if (isInside(columns[0]![row], view)) part += line(columns.map((column) => column[row]));
    if ((row + 1) % ROWS_PER_PART === 0) {
      parts.push(part);
      part = "";
    }
  }
  return new Blob([...parts, part], { type: "text/csv;charset=utf-8" });
}

/** All curves of numbers of a long log, tile by tile. */
export async function csvOfTiles(data: TiledData, view: Viewport | null, signal?: AbortSignal): Promise<Blob> {
  const { description } = data;
  const index = description.index!.name;
  const names = [index, ...description.curves.map((curve) => curve.name).filter((name) => name !== index)];
  const [from, to] = view ? data.storedRows(view) : [0, data.rows];
  const units = new Map(description.curves.map((curve) => [curve.name, curve.unit]));
  units.set(index, description.index!.unit);
  const parts = [line(names.map((name) => heading(name, units.get(name) ?? "")))];
  const first = Math.floor(from / description.tileBuckets);
  const end = Math.ceil(to / description.tileBuckets);
  for (let position = first; position < end; position += FETCHES_AT_ONCE) {
    const positions = Array.from({ length: Math.min(FETCHES_AT_ONCE, end - position) }, (_, i) => position + i);
    const tiles = await Promise.all(positions.map((at) => data.api.tile(0, at, names, signal)));
    for (const tile of tiles) {
      const columns = names.map((name) => tile.columns.get(name)!.first);
      let part = "";
      for (let row = 0; row < tile.buckets; ++row)
        if (isInside(columns[0]![row], view)) part += line(columns.map((column) => column[row]));
      parts.push(part);
    }
  }
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}
