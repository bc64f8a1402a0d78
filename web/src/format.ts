// Numbers, sizes and times as people read them.

const SIZES: [number, string][] = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "KB"],
];

/** Decimal units, as storage is billed: 563000 → "563 KB". */
export function formatBytes(bytes: number): string {
  for (const [unit, name] of SIZES)
    if (bytes >= unit) {
      const value = bytes / unit;
      return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ${name}`;
    }
  return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
}

/** Whole numbers in groups of three. Not toLocaleString: its first call costs as much as drawing a plot. */
export function formatCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 sample", "1,200 samples" */
export function counted(n: number, thing: string): string {
  return `${formatCount(n)} ${thing}${n === 1 ? "" : "s"}`;
}

/** About five significant digits, never in exponents where a plain number is short. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(4);
  if (size >= 1000) return value.toFixed(1);
  if (size >= 100) return value.toFixed(2);
  if (size >= 1) return value.toFixed(3);
  return size === 0 || size >= 0.1 ? value.toFixed(4) : value.toPrecision(5);
}

/** To the centimetre or hundredth of a foot, or finer where the samples are closer together than that. */
export function formatDepth(depth: number, decimals = 2): string {
  return depth.toFixed(decimals);
}

/** Decimals with which depths a step apart are written differently. */
export function depthDecimals(step: number): number {
  if (!(step > 0)) return 2;
  return Math.max(2, Math.min(8, Math.ceil(-Math.log10(step) - 1e-9)));
}

/** A scale's end as printed in a header: no needless digits. */
export function formatLimit(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

export function formatTime(iso: string, now = Date.now()): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return "";
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const date = new Date(time);
  if (minutes < 24 * 60) return date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
  return date.toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
}
