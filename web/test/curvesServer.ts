// The server's side of partial loading, in memory and by brute force: what the tests put in its place.
import { decodeTile, type CurveInfo, type CurvesApi, type Description } from "@spillway/client";

const TILE = 1024;

export type Columns = Record<string, (number | null)[]>;

function summary(values: (number | null)[]): { first: number; min: number; max: number; last: number; nulls: number } {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return { first: NaN, min: NaN, max: NaN, last: NaN, nulls: values.length };
  return {
    first: present[0]!,
    min: Math.min(...present),
    max: Math.max(...present),
    last: present[present.length - 1]!,
    nulls: values.length - present.length,
  };
}

function infoOf(name: string, values: (number | null)[]): CurveInfo {
  const s = { first: values[0] ?? null, last: values[values.length - 1] ?? null };
  const present = values.filter((value) => value !== null);
  const min = present.reduce((low, value) => Math.min(low, value), Infinity);
  const max = present.reduce((high, value) => Math.max(high, value), -Infinity);
  const nulls = values.length - present.length;
  return {
    name,
    pointer: `/logData/${name}`,
    unit: "",
    nulls,
    ...(present.length > 0 ? { min, max } : { min: null, max: null }),
    ...s,
  };
}

export function encodeTile(columns: Columns, names: string[], level: number, position: number): ArrayBuffer {
  const rowsPerBucket = 2 ** level;
  const all = Math.max(...Object.values(columns).map((column) => column.length));
  const firstRow = position * TILE * rowsPerBucket;
  const rows = Math.min(all, firstRow + TILE * rowsPerBucket) - firstRow;
  if (rows <= 0) throw new Error(`no tile ${level}/${position}`);
  const buckets = Math.ceil(rows / rowsPerBucket);
  const header = { sha256: "s", rowsPerBucket, firstRow, rows, buckets, columns: names };
  let text = JSON.stringify(header);
  while ((8 + text.length) % 8 !== 0) text += " ";
  const doubles: number[] = [];
  const nulls: number[] = [];
  for (const name of names) {
    const bucket = (b: number) =>
      summary(columns[name]!.slice(firstRow + b * rowsPerBucket, Math.min(all, firstRow + (b + 1) * rowsPerBucket)));
    const found = Array.from({ length: buckets }, (_, b) => bucket(b));
    for (const part of rowsPerBucket === 1 ? (["first"] as const) : (["first", "min", "max", "last"] as const))
      doubles.push(...found.map((f) => f[part]));
    if (rowsPerBucket > 1) nulls.push(...found.map((f) => f.nulls));
  }
  const buffer = new ArrayBuffer(8 + text.length + doubles.length * 8 + nulls.length * 4);
  const view = new DataView(buffer);
  view.setUint32(0, 0x56435053, true);
  view.setUint32(4, text.length, true);
  new Uint8Array(buffer, 8).set(new TextEncoder().encode(text));
  doubles.forEach((value, i) => view.setFloat64(8 + text.length + i * 8, value, true));
  nulls.forEach((value, i) => view.setUint32(8 + text.length + doubles.length * 8 + i * 4, value, true));
  return buffer;
}

export class FakeCurves implements CurvesApi {
  readonly asked: string[] = [];
  failing = false;

  constructor(
    readonly columns: Columns,
    readonly ascending: boolean | null = true,
  ) {}

  get rows(): number {
    return this.columns.DEPT!.length;
  }

  get description(): Description {
    let levels = 1;
    while (TILE * 2 ** (levels - 1) < this.rows) ++levels;
    return {
      ...{ sha256: "s", rows: this.rows, tileBuckets: TILE, levels },
      index: { name: "DEPT", unit: "m", ascending: this.ascending },
      curves: Object.entries(this.columns).map(([name, values]) => infoOf(name, values)),
      artifact: { type: "logPlotViewer", wellName: "LONG", tracks: [] },
    };
  }

  describe(): Promise<Description> {
    return Promise.resolve(this.description);
  }

  async tile(level: number, position: number, curves: readonly string[], signal?: AbortSignal) {
    this.asked.push(`${level}/${position} ${curves.join()}`);
    await Promise.resolve();
    signal?.throwIfAborted();
    if (this.failing) throw new TypeError("cut");
    return decodeTile(encodeTile(this.columns, [...curves], level, position));
  }
}
