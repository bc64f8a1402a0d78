// What the cursor reads: one depth for all wells, and in each well the sample nearest to it.
import { useSyncExternalStore } from "react";
import { formatDepth, formatValue } from "../format";
import type { CurveData } from "./data";
import type { DrawnWell } from "./draw";
import { useStore, type Store } from "./store";
import type { DepthDisplay } from "./units";
import type { Viewport } from "./viewport";

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

/** Where the cursor's line is: on the sample read in the first well, or at the depth itself where it has none. */
export function lineAt(drawn: readonly DrawnWell[], cursor: Cursor, view: Viewport): number | null {
  if (Number.isNaN(cursor.depth)) return null;
  const well = drawn[0]!;
  const row = rowRead(well, cursor, true);
  const depth = (row < 0 ? undefined : well.plot.data.depthAt(row)) ?? cursor.depth * well.unitsPerCommon;
  const common = depth / well.unitsPerCommon;
  return common >= view.top && common <= view.bottom ? common : null;
}

/** Is the line in the window? Changes as it enters and leaves, not with every frame. */
export function useLineShown(drawn: readonly DrawnWell[], cursor: Store<Cursor>, view: Store<Viewport>): boolean {
  const now = useStore(cursor);
  return useSyncExternalStore(view.subscribe, () => lineAt(drawn, now, view.get()) !== null);
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
    const shown = formatDepth((depth / well.unitsPerCommon) * display.factor, display.decimals);
    const name = wells.length > 1 ? `${well.plot.name}, ` : "";
    return [`${name}${well.plot.index.mnemonic} ${shown} ${display.unit}: ${values.join(", ")}`];
  });
  return sentences.join("; ");
}
