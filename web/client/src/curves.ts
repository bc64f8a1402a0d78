// Partial loading of long logs: what curves an artifact has, and tiles of them (docs: GET …/artifacts/{a}/curves).
import { networkProblem, ProblemError, problemOf } from "./problem";

export interface CurveInfo {
  name: string;
  pointer: string;
  unit: string;
  nulls: number;
  min: number | null;
  max: number | null;
  first: number | null;
  last: number | null;
}

export interface Description {
  sha256: string;
  rows: number;
  index: { name: string; unit: string; ascending: boolean | null } | null;
  tileBuckets: number;
  levels: number;
  curves: CurveInfo[];
  artifact: unknown;
}

/** Of each bucket the first, smallest, largest and last value that is not absent; NaN where all are. */
export interface Buckets {
  first: Float64Array;
  min: Float64Array;
  max: Float64Array;
  last: Float64Array;
  nulls: Uint32Array;
}

export interface Tile {
  rowsPerBucket: number;
  firstRow: number;
  rows: number;
  buckets: number;
  /** With one row a bucket its four arrays are the same one, the samples. */
  columns: Map<string, Buckets>;
}

const MAGIC = 0x56435053; // "SPCV", little endian
const PREFIX_BYTES = 8;

function unreadable(detail: string): ProblemError {
  return new ProblemError({ title: "The server's curve data cannot be read", detail, code: "unreadable" });
}

interface TileHeader {
  rowsPerBucket: number;
  firstRow: number;
  rows: number;
  buckets: number;
  columns: string[];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function headerOf(buffer: ArrayBuffer): { header: TileHeader; dataAt: number } {
  if (buffer.byteLength < PREFIX_BYTES) throw unreadable("It is shorter than its prefix.");
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) throw unreadable("It does not begin as curve data does.");
  const dataAt = PREFIX_BYTES + view.getUint32(4, true);
  if (dataAt > buffer.byteLength || dataAt % 8 !== 0) throw unreadable("Its header has no possible length.");
  let header: Partial<TileHeader> | null = null;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, PREFIX_BYTES, dataAt - PREFIX_BYTES)));
  } catch {
    // said below
  }
  const { rowsPerBucket, firstRow, rows, buckets, columns } = header ?? {};
  const namesAreText = Array.isArray(columns) && columns.every((name) => typeof name === "string");
  if (!isCount(rowsPerBucket) || rowsPerBucket === 0 || !isCount(firstRow) || !isCount(rows) || !isCount(buckets))
    throw unreadable("Its header lacks a number.");
  if (!namesAreText) throw unreadable("Its header names no columns.");
  return { header: { rowsPerBucket, firstRow, rows, buckets, columns }, dataAt };
}

const noNulls = new Uint32Array(0);

/** Decodes `application/vnd.spillway.curves`. Throws a ProblemError on anything that is not exactly that. */
export function decodeTile(buffer: ArrayBuffer): Tile {
  const { header, dataAt } = headerOf(buffer);
  const { rowsPerBucket, firstRow, rows, buckets, columns } = header;
  const parts = rowsPerBucket === 1 ? 1 : 4;
  const doubles = columns.length * parts * buckets;
  const expected = dataAt + doubles * 8 + (parts === 1 ? 0 : columns.length * buckets * 4);
  if (buffer.byteLength !== expected) throw unreadable(`It has ${buffer.byteLength} bytes instead of ${expected}.`);
  const tile: Tile = { rowsPerBucket, firstRow, rows, buckets, columns: new Map() };
  columns.forEach((name, c) => {
    const array = (part: number) => new Float64Array(buffer, dataAt + (c * parts + part) * buckets * 8, buckets);
    if (parts === 1) {
      const values = array(0);
      tile.columns.set(name, { first: values, min: values, max: values, last: values, nulls: noNulls });
    } else {
      const nulls = new Uint32Array(buffer, dataAt + doubles * 8 + c * buckets * 4, buckets);
      tile.columns.set(name, { first: array(0), min: array(1), max: array(2), last: array(3), nulls });
    }
  });
  return tile;
}

async function request(send: typeof fetch, url: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await send(url, { signal });
  } catch (thrown) {
    throw signal?.aborted ? thrown : networkProblem();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** What a tiled plot needs of the server; the tests put one in memory in its place. */
export interface CurvesApi {
  describe(signal?: AbortSignal): Promise<Description>;
  tile(level: number, position: number, curves: readonly string[], signal?: AbortSignal): Promise<Tile>;
}

/** The curves of the artifact at `href`, as long as it is the one with this digest. */
export function curvesApi(send: typeof fetch, href: string, sha256: string): CurvesApi {
  const base = `${href.replace(/[?#].*$/, "")}/curves`;
  return {
    async describe(signal) {
      const response = await request(send, base, signal);
      const description = (await response.json()) as Description;
      if (description.sha256 !== sha256)
        throw new ProblemError({ title: "The artifact was replaced meanwhile", code: "conflict", retryable: true });
      return description;
    },
    async tile(level, position, curves, signal) {
      const query = new URLSearchParams({ sha256 });
      // A name with a comma in it cannot be asked for alone; without names all curves come.
      if (!curves.some((name) => name.includes(","))) query.set("curves", curves.join(","));
      const response = await request(send, `${base}/${level}/${position}?${query}`, signal);
      return decodeTile(await response.arrayBuffer());
    },
  };
}
