// The pen that writes SVG: the same calls as on a canvas become vector paths, text and gradients.
import type { Pen } from "./pen";

interface Gradient {
  id: string;
  stops: [number, string][];
  addColorStop(at: number, color: string): void;
}

interface Paint {
  color: string;
  opacity: number;
}

/** Splits off the opacity: "#rrggbbaa" and "rgb(r g b / p%)" are not understood by every program. */
export function paintOf(text: string): Paint {
  const hex = /^(#[0-9a-f]{6})([0-9a-f]{2})$/i.exec(text);
  if (hex) return { color: hex[1]!, opacity: parseInt(hex[2]!, 16) / 255 };
  const rgb = /^rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)%\)$/.exec(text);
  if (rgb) return { color: `rgb(${rgb[1]},${rgb[2]},${rgb[3]})`, opacity: Number(rgb[4]) / 100 };
  return { color: text, opacity: 1 };
}

function escapeXml(text: string): string {
  const legal = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
  return legal.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function paintAttributes(kind: "fill" | "stroke", style: unknown): string {
  if (typeof style !== "string") return `${kind}="url(#${(style as Gradient).id})"`;
  const { color, opacity } = paintOf(style);
  return `${kind}="${escapeXml(color)}"${opacity < 1 ? ` ${kind}-opacity="${short(opacity)}"` : ""}`;
}

export class SvgPen implements Pen {
  fillStyle: string | CanvasGradient | CanvasPattern = "#000000";
  strokeStyle: string | CanvasGradient | CanvasPattern = "#000000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  font = "";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  private readonly parts: string[] = [];
  private path: string[] = [];
  private rects: { style: string; path: string[] } | null = null; // neighbours of one colour become one path
  private dash: number[] = [];
  private readonly open: number[] = []; // groups per save()
  private ids = 0;

  /** `measure` says how wide a text is in a font; a canvas knows. */
  constructor(private readonly measure: (text: string, font: string) => number) {}

  document(width: number, height: number, title: string): string {
    this.endRects();
    const size = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}"`;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escapeXml(title)}</title>`;
    return `${head}\n${this.parts.join("\n")}\n</svg>\n`;
  }

  beginPath(): void {
    this.path = [];
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`${this.path.length === 0 ? "M" : "L"}${short(x)} ${short(y)}`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`);
  }

  stroke(): void {
    if (this.path.length === 0) return;
    const dash = this.dash.length > 0 ? ` stroke-dasharray="${this.dash.map(short).join(" ")}"` : "";
    const line = `stroke-width="${short(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"${dash}`;
    this.add(`<path d="${this.path.join("")}" fill="none" ${paintAttributes("stroke", this.strokeStyle)} ${line}/>`);
  }

  fill(): void {
    if (this.path.length > 0) this.add(`<path d="${this.path.join("")}" ${paintAttributes("fill", this.fillStyle)}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const style = paintAttributes("fill", this.fillStyle);
    if (this.rects?.style !== style) {
      this.endRects();
      this.rects = { style, path: [] };
    }
    this.rects!.path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`);
  }

  fillText(text: string, x: number, y: number, maxWidth?: number): void {
    const font = /^(?:(\d+|bold) )?([\d.]+)px (.*)$/.exec(this.font);
    const anchor = { right: "end", center: "middle" }[this.textAlign as string] ?? "start";
    const size = Number(font?.[2] ?? 12);
    const baseline = this.textBaseline === "middle" ? y + size * 0.35 : y;
    const squeezed = maxWidth !== undefined && this.measure(text, this.font) > maxWidth;
    const fit = squeezed ? ` textLength="${short(maxWidth)}" lengthAdjust="spacingAndGlyphs"` : "";
    const face = `font-family="${escapeXml(font?.[3] ?? "sans-serif")}" font-size="${short(size)}"`;
    const weight = font?.[1] ? ` font-weight="${font[1]}"` : "";
    const at = `x="${short(x)}" y="${short(baseline)}" text-anchor="${anchor}"${fit}`;
    this.add(`<text ${at} ${face}${weight} ${paintAttributes("fill", this.fillStyle)}>${escapeXml(text)}</text>`);
  }

  measureText(text: string): TextMetrics {
    return { width: this.measure(text, this.font) } as TextMetrics;
  }

  setLineDash(dash: Iterable<number>): void {
    this.dash = [...dash];
  }

  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradient {
    const stops: [number, string][] = [];
    const gradient: Gradient = {
      id: `g${++this.ids}`,
      stops,
      addColorStop: (at, color) => {
        stops.push([at, color]);
        if (stops.length === 2) this.add(gradientText(gradient, [x0, y0, x1, y1])); // every gradient here has two
      },
    };
    return gradient;
  }

  save(): void {
    this.open.push(0);
  }

  restore(): void {
    this.endRects();
    this.parts.push("</g>".repeat(this.open.pop() ?? 0));
  }

  translate(x: number, y: number): void {
    this.group(`<g transform="translate(${short(x)} ${short(y)})">`);
  }

  clip(): void {
    const id = `c${++this.ids}`;
    this.add(`<clipPath id="${id}"><path d="${this.path.join("")}"/></clipPath>`);
    this.group(`<g clip-path="url(#${id})">`);
  }

  private group(text: string): void {
    this.add(text);
    ++this.open[this.open.length - 1]!;
  }

  private add(text: string): void {
    this.endRects();
    this.parts.push(text);
  }

  private endRects(): void {
    if (this.rects) this.parts.push(`<path d="${this.rects.path.join("")}" ${this.rects.style}/>`);
    this.rects = null;
  }
}

function gradientText(gradient: Gradient, [x1, y1, x2, y2]: [number, number, number, number]): string {
  const stops = gradient.stops.map(([at, text]) => {
    const { color, opacity } = paintOf(text);
    return `<stop offset="${at}" stop-color="${escapeXml(color)}" stop-opacity="${short(opacity)}"/>`;
  });
  const line = `x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}"`;
  return `<linearGradient id="${gradient.id}" gradientUnits="userSpaceOnUse" ${line}>${stops.join("")}</linearGradient>`;
}
