// Tables out of CSV texts and JSON arrays. Cells are texts as they stand in the data: no digit is lost to a float. Pure.
import { isLosslessNumber, parse as parseJson, stringify } from "lossless-json";
import Papa from "papaparse";

export interface Table {
  columns: string[];
  rows: string[][];
  notes: string[];
}

/** The data is no table; the message says why. */
export class TableError extends Error {}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (isLosslessNumber(value)) return value.toString();
  return typeof value === "object" ? (stringify(value) ?? "") : String(value);
}

export function tableOfCsv(text: string): Table {
  const parsed = Papa.parse<string[]>(text, { skipEmptyLines: true });
  const [columns, ...rows] = parsed.data;
  if (!columns) throw new TableError("The file is empty.");
  const odd = rows.filter((row) => row.length !== columns.length).length;
  const notes = odd > 0 ? [`${odd} rows have another number of cells than the first line has names.`] : [];
  const unreadable = parsed.errors.filter((error) => error.type === "Quotes").length;
  if (unreadable > 0) notes.push(`${unreadable} places have quotes that do not match.`);
  const widest = rows.reduce((most, row) => Math.max(most, row.length), columns.length);
  const names = Array.from({ length: widest }, (_, i) => columns[i] ?? `Column ${i + 1}`);
  return { columns: names, rows, notes };
}

type Row = Record<string, unknown>;
const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isLosslessNumber(value);

/** [{…}, …], [[…], …], or {columns?, rows: one of them}. */
export function tableOfJson(text: string): Table {
  const parsed = parseJson(text);
  const holder = isRow(parsed) ? parsed : {};
  const list = Array.isArray(parsed) ? parsed : (holder.rows ?? holder.data);
  if (!Array.isArray(list)) throw new TableError("The artifact has no rows.");
  const named = Array.isArray(holder.columns) ? holder.columns.map((c) => (isRow(c) ? cellOf(c.name ?? c.title) : cellOf(c))) : null;
  if (list.every(isRow)) {
    const columns = named ?? [...new Set(list.flatMap((row) => Object.keys(row)))];
    return { columns, rows: list.map((row) => columns.map((name) => cellOf(row[name]))), notes: [] };
  }
  const rows = list.map((row) => (Array.isArray(row) ? row.map(cellOf) : [cellOf(row)]));
  const widest = rows.reduce((most, row) => Math.max(most, row.length), named?.length ?? 0);
  return { columns: Array.from({ length: widest }, (_, i) => named?.[i] ?? `Column ${i + 1}`), rows, notes: [] };
}

const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

export function isNumeric(table: Table, column: number): boolean {
  const cells = table.rows.map((row) => row[column] ?? "").filter((cell) => cell !== "");
  return cells.length > 0 && cells.every((cell) => NUMBER.test(cell));
}

/** Positions of the rows in the order of a column; empty cells come last either way. */
export function sortedRows(table: Table, column: number, descending: boolean): number[] {
  const numeric = isNumeric(table, column);
  const cell = (row: number) => table.rows[row]![column] ?? "";
  const order = Array.from(table.rows.keys());
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => {
    const [x, y] = [cell(a), cell(b)];
    if (x === "" || y === "") return x === y ? a - b : x === "" ? 1 : -1;
    const by = numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    return sign * by || a - b;
  });
}
