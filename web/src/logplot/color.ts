// Curve colours: only plain hex is taken from data, and it is shifted until it can be told from the background.

export type Rgb = readonly [number, number, number];

const PALETTE = ["#0f766e", "#b4420f", "#3b5bdb", "#a21caf", "#5c7c0a", "#9a6700"];

export function paletteColor(position: number): string {
  return PALETTE[position % PALETTE.length]!;
}

export function parseHex(text: unknown): Rgb | null {
  if (typeof text !== "string") return null;
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (long) return [parseInt(long[1]!, 16), parseInt(long[2]!, 16), parseInt(long[3]!, 16)];
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  if (short) return [parseInt(short[1]!, 16) * 17, parseInt(short[2]!, 16) * 17, parseInt(short[3]!, 16) * 17];
  return null;
}

export function toHex(rgb: Rgb): string {
  return `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance of WCAG 2.2. */
function luminance(rgb: Rgb): number {
  const linear = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** WCAG 1.4.11 asks 3:1 of graphics; thin coloured lines on a dark ground need more to be seen alike. */
const CONTRAST_MIN_LIGHT = 3.2;
const CONTRAST_MIN_DARK = 5;
const LUMINANCE_DARK = 0.18;

/** The colour itself where it contrasts enough with the background, else mixed with white or black until it does. */
export function legible(color: string, background: string): string {
  const from = parseHex(color) ?? [128, 128, 128];
  const behind = parseHex(background) ?? [255, 255, 255];
  const isDark = luminance(behind) < LUMINANCE_DARK;
  const towards: Rgb = isDark ? [255, 255, 255] : [0, 0, 0];
  const least = isDark ? CONTRAST_MIN_DARK : CONTRAST_MIN_LIGHT;
  for (let step = 0; step <= 20; ++step) {
    const mixed = from.map((c, i) => c + ((towards[i]! - c) * step) / 20) as unknown as Rgb;
    if (contrast(mixed, behind) >= least) return toHex(mixed);
  }
  return toHex(towards);
}
