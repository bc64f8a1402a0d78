// Opens the well of an artifact: whole where it is small, tile by tile where it is long.
import type { ApiClient } from "../api/client";
import { ProblemError } from "../api/problem";
import type { Artifact } from "../api/types";
import { PLOT_WHOLE_BYTES_MAX } from "../artifacts/registry";
import { csvOfTiles, csvOfValue } from "./csv";
import { curvesApi, type CurvesApi, type Description } from "./curvesApi";
import { plotOf, readLogPlot, type Curve, type WellPlot } from "./model";
import { TiledData } from "./tiledData";
import type { Viewport } from "./viewport";

export interface Well {
  plot: WellPlot;
  tiles: TiledData | null; // null: everything is in memory
  csv(view: Viewport | null): Promise<Blob>; // null: all rows
}

export function wellOfValue(value: unknown): Well {
  const plot = readLogPlot(value);
  return { plot, tiles: null, csv: (view) => Promise.resolve(csvOfValue(value, view)) };
}

/** A log can be drawn by tiles if every row has a depth and they go one way. */
export function canBeTiled({ index, curves }: Description): boolean {
  const column = curves.find((curve) => curve.name === index?.name);
  return index != null && index.ascending !== null && column?.nulls === 0 && column.first !== null;
}

export function wellOfTiles(description: Description, api: CurvesApi): Well {
  const data = new TiledData(description, api);
  const { rows, index } = description;
  const curves = new Map<string, Curve>();
  for (const { name, unit, nulls, min, max } of description.curves)
    if (name !== index!.name)
      curves.set(name, { mnemonic: name, unit, present: rows - nulls, min: min ?? Infinity, max: max ?? -Infinity });
  const artifact = (description.artifact ?? {}) as Record<string, unknown>;
  const notes = ["A long log: what the window shows is loaded in the detail that the screen can show."];
  const plot = plotOf(artifact, { mnemonic: index!.name, unit: index!.unit }, curves, data, notes);
  return { plot, tiles: data, csv: (view) => csvOfTiles(data, view) };
}

/** A server without these pages, or one that finds no curves in the artifact: then all of it is downloaded. */
function hasNoTiles(thrown: unknown): boolean {
  return thrown instanceof ProblemError && [400, 404, 405, 501].includes(thrown.status);
}

async function openTiled(artifact: Artifact, signal: AbortSignal): Promise<Well | null> {
  const api = curvesApi(artifact.href, artifact.sha256);
  try {
    const description = await api.describe(signal);
    return canBeTiled(description) ? wellOfTiles(description, api) : null;
  } catch (thrown) {
    if (hasNoTiles(thrown)) return null;
    throw thrown;
  }
}

export async function openWell(
  client: ApiClient,
  artifact: Artifact,
  signal: AbortSignal,
  onProgress: (receivedBytes: number) => void = () => {},
): Promise<Well> {
  if (artifact.error) throw new ProblemError(artifact.error);
  if (artifact.value !== undefined) return wellOfValue(artifact.value);
  const tiled = artifact.size > PLOT_WHOLE_BYTES_MAX ? await openTiled(artifact, signal) : null;
  if (tiled) return tiled;
  const options = {
    sizeBytes: artifact.size,
    signal,
    onProgress: (p: { receivedBytes: number }) => onProgress(p.receivedBytes),
  };
  const { bytes } = await client.download(artifact.href, options);
  return wellOfValue(JSON.parse(new TextDecoder().decode(bytes)));
}
