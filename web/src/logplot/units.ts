// Units of depth: the plot may show metres or feet, whichever the data are in. The data stay as they are.

import { depthDecimals } from "../format";

/** The foot of 1959, exactly. */
const METRES_PER_FOOT = 0.3048;

const METRES_PER: Record<string, number> = {
  ...{ M: 1, METER: 1, METERS: 1, METRE: 1, METRES: 1 },
  ...{ F: METRES_PER_FOOT, FT: METRES_PER_FOOT, FEET: METRES_PER_FOOT, FOOT: METRES_PER_FOOT },
};

/** One spelling for units that mean the same; one that is not known stays as it is written, in upper case. */
export function normalUnit(unit: string): string {
  const plain = unit.trim().toUpperCase();
  return depthUnitOf(plain)?.toUpperCase() ?? plain;
}

export type DepthUnit = "m" | "ft";

/** How many metres a unit of the data is; null for one that is not a length we know. */
export function metresPer(unit: string): number | null {
  return METRES_PER[unit.trim().toUpperCase()] ?? null;
}

export function depthUnitOf(unit: string): DepthUnit | null {
  const metres = metresPer(unit);
  return metres === null ? null : metres === 1 ? "m" : "ft";
}

/** Depths as the page writes them: `shown = depth * factor`, with so many decimals. */
export interface DepthDisplay {
  unit: string;
  factor: number;
  decimals: number;
}

/** `step` is between samples, in the data's unit. */
export function depthDisplay(dataUnit: string, wanted: DepthUnit | null, step: number): DepthDisplay {
  const isOther = wanted !== null && metresPer(dataUnit) !== null && depthUnitOf(dataUnit) !== wanted;
  const factor = !isOther ? 1 : wanted === "m" ? METRES_PER_FOOT : 1 / METRES_PER_FOOT;
  return { unit: isOther ? wanted : dataUnit, factor, decimals: depthDecimals(step * factor) };
}

/** Depth of a well in `unit` for one depth in `commonUnit`; null if the two cannot be compared. */
export function unitsPerCommon(unit: string, commonUnit: string): number | null {
  if (unit === commonUnit) return 1;
  const own = metresPer(unit);
  const common = metresPer(commonUnit);
  return own === null || common === null ? null : common / own;
}
