// What drawing needs of a canvas's context. A picture as SVG is the same drawing with another pen.

export type Pen = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineJoin"
  | "font"
  | "textAlign"
  | "textBaseline"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "rect"
  | "stroke"
  | "fill"
  | "fillRect"
  | "fillText"
  | "measureText"
  | "setLineDash"
  | "createLinearGradient"
  | "save"
  | "restore"
  | "clip"
  | "translate"
>;

export interface Surface {
  context: Pen;
  width: number; // device pixels
  height: number;
  ratio: number; // device pixels per CSS pixel
  isVector?: boolean; // keep lines as lines, whatever their number
}
