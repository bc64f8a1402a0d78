// A plot as one picture to keep: title, heads, depth axis and tracks, on a canvas (PNG) or as vectors (SVG).
import { formatDepth, formatLimit } from "../format";
import { crossoverOf, Painter, type DrawnCurve, type DrawnTrack, type DrawnWell } from "./draw";
import type { Scene } from "./drawScene";
import type { Pen, Surface } from "./pen";
import { SvgPen } from "./svgPen";

// CSS pixels
const AXIS_WIDTH = 72;
const MARGIN = 12;
const TITLE_HEIGHT = 40;
const HEAD_LINE = 16;
const CURVE_HEAD = 36;

/** The scene at a size in CSS pixels. */
export interface Sheet {
  scene: Scene;
  trackWidth: number; // CSS pixels
  height: number; // of the tracks
}

function tracksOf(wells: readonly DrawnWell[]): DrawnTrack[] {
  return wells.flatMap((well) => well.tracks);
}

function headHeight(sheet: Sheet): number {
  const curves = Math.max(0, ...tracksOf(sheet.scene.wells).map((track) => track.curves.length));
  return (sheet.scene.wells.length > 1 ? 3 : 2) * HEAD_LINE + curves * CURVE_HEAD + 6;
}

export function sheetSize(sheet: Sheet): { width: number; height: number } {
  const tracks = tracksOf(sheet.scene.wells).length;
  return {
    width: 2 * MARGIN + AXIS_WIDTH + tracks * sheet.trackWidth + 1,
    height: 2 * MARGIN + TITLE_HEIGHT + headHeight(sheet) + sheet.height,
  };
}

export function sheetTitle({ scene }: Sheet): string {
  const { view, display, wells } = scene;
  const names = wells.map((well) => well.plot.name || "Well").join(", ");
  const ends = [view.top, view.bottom].map((depth) => formatDepth(depth * display.factor, display.decimals)).join(" – ");
  const synthetic = wells.some((well) => well.plot.synthetic) ? " · synthetic data" : "";
  return `${names} · ${wells[0]!.plot.index.mnemonic} ${ends} ${display.unit}${synthetic}`;
}

class SheetDrawing {
  constructor(
    private readonly sheet: Sheet,
    private readonly pen: Pen,
    private readonly ratio: number,
    private readonly isVector = false,
  ) {}

  draw(): void {
    const { sheet, pen } = this;
    const { scene } = sheet;
    const size = sheetSize(sheet);
    pen.fillStyle = scene.theme.paper;
    pen.fillRect(0, 0, size.width * this.ratio, size.height * this.ratio);
    this.text(sheetTitle(sheet), MARGIN, MARGIN + 12, { size: 14, weight: 600 });
    const top = MARGIN + TITLE_HEIGHT + headHeight(sheet);
    const left = MARGIN + AXIS_WIDTH;
    this.heads(left, MARGIN + TITLE_HEIGHT);
    this.text(scene.wells[0]!.plot.index.mnemonic, left - 8, top - 26, { align: "right", weight: 600 });
    this.text(scene.display.unit, left - 8, top - 11, { align: "right", muted: true });
    const painter = new Painter();
    const scaled = { ...scene, trackWidth: sheet.trackWidth * this.ratio };
    this.at(left, top, tracksOf(scene.wells).length * sheet.trackWidth + 1, (s) => painter.paint(s, scaled));
    this.at(MARGIN, top, AXIS_WIDTH, (surface) => painter.paintAxis(surface, scaled));
    this.line(MARGIN, size.width - MARGIN, top);
    this.line(MARGIN, size.width - MARGIN, top + sheet.height);
  }

  private at(x: number, y: number, width: number, draw: (surface: Surface) => void): void {
    const { pen, ratio } = this;
    pen.save();
    pen.translate(Math.round(x * ratio), Math.round(y * ratio));
    const size = { width: Math.round(width * ratio), height: Math.round(this.sheet.height * ratio) };
    draw({ context: pen, ...size, ratio, isVector: this.isVector });
    pen.restore();
  }

  private heads(left: number, top: number): void {
    const { wells } = this.sheet.scene;
    const width = this.sheet.trackWidth;
    let x = left;
    for (const well of wells) {
      if (wells.length > 1) this.text(well.plot.name || "Well", x + 6, top + 8, { weight: 700 });
      for (const track of well.tracks) {
        this.head(track, x, top + (wells.length > 1 ? HEAD_LINE : 0), width);
        x += width;
      }
    }
  }

  private head(track: DrawnTrack, x: number, top: number, width: number): void {
    this.text(track.title || "Track", x + 6, top + 8, { weight: 600, space: width - 12 });
    if (crossoverOf(track)) {
      this.pen.fillStyle = this.sheet.scene.theme.gas;
      this.pen.fillRect((x + 6) * this.ratio, (top + 19) * this.ratio, 12 * this.ratio, 9 * this.ratio);
      this.text("gas crossover", x + 23, top + 24, { muted: true, space: width - 30 });
    }
    track.curves.forEach((curve, i) => this.curve(curve, x, top + 2 * HEAD_LINE + i * CURVE_HEAD, width));
  }

  private curve(curve: DrawnCurve, x: number, top: number, width: number): void {
    const { pen, ratio } = this;
    const { mnemonic, unit } = curve.curve;
    const room = (width - 18) / 2;
    this.text(mnemonic, x + 6, top + 7, { weight: 600, space: room });
    if (unit) this.text(unit, x + width - 6, top + 7, { align: "right", muted: true, space: room });
    pen.strokeStyle = curve.ink;
    pen.lineWidth = 2 * ratio;
    pen.setLineDash(curve.dash.map((length) => length * ratio));
    pen.beginPath();
    pen.moveTo((x + 6) * ratio, (top + 17) * ratio);
    pen.lineTo((x + width - 6) * ratio, (top + 17) * ratio);
    pen.stroke();
    pen.setLineDash([]);
    this.text(formatLimit(curve.scale.left), x + 6, top + 26, { muted: true });
    if (curve.scale.kind === "log") this.text("log", x + width / 2, top + 26, { align: "center", muted: true });
    this.text(formatLimit(curve.scale.right), x + width - 6, top + 26, { align: "right", muted: true });
  }

  private line(x0: number, x1: number, y: number): void {
    const { pen, ratio } = this;
    pen.strokeStyle = this.sheet.scene.theme.frame;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x0 * ratio, Math.round(y * ratio) + 0.5);
    pen.lineTo(x1 * ratio, Math.round(y * ratio) + 0.5);
    pen.stroke();
  }

  private text(
    text: string,
    x: number,
    y: number,
    style: { size?: number; weight?: number; align?: CanvasTextAlign; muted?: boolean; space?: number } = {},
  ): void {
    const { pen, ratio } = this;
    const { theme } = this.sheet.scene;
    pen.font = `${style.weight ?? 400} ${(style.size ?? 11) * ratio}px ${theme.font}`;
    pen.textAlign = style.align ?? "left";
    pen.textBaseline = "middle";
    pen.fillStyle = style.muted ? theme.muted : theme.text;
    pen.fillText(text, x * ratio, y * ratio, style.space === undefined ? undefined : style.space * ratio);
  }
}

export function sheetSvg(sheet: Sheet): string {
  const canvas = document.createElement("canvas").getContext("2d");
  const measure = (text: string, font: string) => {
    if (!canvas) return text.length * 6;
    canvas.font = font;
    return canvas.measureText(text).width;
  };
  const pen = new SvgPen(measure);
  new SheetDrawing(sheet, pen, 1, true).draw();
  const { width, height } = sheetSize(sheet);
  return pen.document(width, height, sheetTitle(sheet));
}

/** At twice the screen's resolution at least, so that it prints well. */
export function sheetPng(sheet: Sheet): Promise<Blob> {
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  const { width, height } = sheetSize(sheet);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return Promise.reject(new Error("This browser has no canvas to draw on."));
  new SheetDrawing(sheet, context, ratio).draw();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))), "image/png");
  });
}
