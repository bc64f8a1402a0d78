// Where a value stands across a track: 0 is the left edge, 1 the right edge, linear or logarithmic, either way round.

export interface Scale {
  kind: "linear" | "log";
  left: number;
  right: number;
}

/** Off-scale values lie outside 0..1; on a log scale what is not positive lies beyond the low end; absent stays NaN. */
export function fraction(scale: Scale, value: number): number {
  if (scale.kind === "linear") return (value - scale.left) / (scale.right - scale.left);
  if (value <= 0) return scale.left < scale.right ? -Infinity : Infinity;
  return Math.log(value / scale.left) / Math.log(scale.right / scale.left);
}

/** A scale that can be drawn: ends finite and different, positive if logarithmic. */
export function isValid(scale: Scale): boolean {
  const { kind, left, right } = scale;
  if (!Number.isFinite(left) || !Number.isFinite(right) || left === right) return false;
  return kind === "linear" || (left > 0 && right > 0);
}

export interface GridLine {
  at: number; // fraction across the track
  major: boolean;
}

/** Inner grid lines: even divisions, or 2..9 in each decade with the decades stressed. */
export function gridLines(scale: Scale, divisions: number): GridLine[] {
  const lines: GridLine[] = [];
  if (scale.kind === "linear") {
    for (let i = 1; i < divisions; ++i) lines.push({ at: i / divisions, major: i * 2 === divisions });
    return lines;
  }
  const low = Math.min(scale.left, scale.right);
  const high = Math.max(scale.left, scale.right);
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); ++decade)
    for (let digit = 1; digit <= 9; ++digit) {
      const at = fraction(scale, digit * 10 ** decade);
      if (at > 1e-9 && at < 1 - 1e-9) lines.push({ at, major: digit === 1 });
    }
  return lines;
}

/** A round step (1, 2 or 5 times a power of ten) that is at least `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/** A linear scale with round ends around the data, for a curve that comes without one. */
export function scaleAround(min: number, max: number): Scale {
  if (!(max > min)) return { kind: "linear", left: min - 1, right: min + 1 };
  const step = roundStep((max - min) / 10);
  return { kind: "linear", left: Math.floor(min / step) * step, right: Math.ceil(max / step) * step };
}
