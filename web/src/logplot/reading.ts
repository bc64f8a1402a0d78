// What the cursor reads: one depth for all wells, and in each well the sample nearest to it.
import { useSyncExternalStore } from "react";
import { formatDepth, formatValue } from "../format";
import type { CurveData } from "./data";
import type { DrawnWell } from "./draw";
import { useStore, type Store } from "./store";
import type { DepthDisplay } from "./units";

export interface Cursor {
  depth: number; // common depth; NaN: nothing is read
  row: number; // of the first well where the keyboard chose it, else -1
}

export const NO_CURSOR: Cursor = { depth: NaN, row: -1 };

/** The row read in a well; -1 where it has none there, or none that is loaded. */
export function rowRead(well: DrawnWell, cursor: Cursor, isFirst: boolean): number {
  if (Number.isNaN(cursor.depth)) return -1;
  if (isFirst && cursor.row >= 0) return cursor.row;
  const { data } = well.plot;
  const depth = cursor.depth * well.unitsPerCommon;
  const step = (data.last - data.first) / Math.max(1, data.rows - 1);
  if (depth < data.first - step || depth > data.last + step) return -1;
  return data.nearest(depth);
}

export function useVersion(data: CurveData): number {
  const subscribe = (listener: () => void) => data.subscribe(listener);
  return useSyncExternalStore(subscribe, () => data.version());
}

/** The row read in a well, as cursor and data change. */
export function useRowRead(well: DrawnWell, cursor: Store<Cursor>, isFirst: boolean): number {
  useVersion(well.plot.data);
  return rowRead(well, useStore(cursor), isFirst);
}

export function valueText(well: DrawnWell, mnemonic: string, row: number): string {
  const value = well.plot.data.valueAt(mnemonic, row);
  if (value === undefined) return "…";
  return Number.isNaN(value) ? "absent" : formatValue(value);
}

/** One sentence for those who hear the plot. */
export function describeReading(wells: readonly DrawnWell[], cursor: Cursor, display: DepthDisplay): string {
  const sentences = wells.flatMap((well, i) => {
    const row = rowRead(well, cursor, i === 0);
    const depth = row < 0 ? undefined : well.plot.data.depthAt(row);
    if (depth === undefined) return [];
    const values = well.tracks.flatMap((track) =>
      track.curves.map(({ curve }) => {
        const text = valueText(well, curve.mnemonic, row);
        return /\d/.test(text) ? `${curve.mnemonic} ${text} ${curve.unit}` : `${curve.mnemonic} ${text}`;
      }),
    );
    const shown = formatDepth((depth / well.unitsPerCommon) * display.factor);
    const name = wells.length > 1 ? `${well.plot.name}, ` : "";
    return [`${name}${well.plot.index.mnemonic} ${shown} ${display.unit}: ${values.join(", ")}`];
  });
  return sentences.join("; ");
}
