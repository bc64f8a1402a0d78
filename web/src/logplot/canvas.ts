// Canvases at the screen's own resolution, and the colours the style sheet gives them.
import type { Theme } from "./draw";
import type { Surface } from "./pen";

/** Sizes a canvas for its CSS size and gives its surface; null where there is no canvas to draw on. */
export function surfaceOf(canvas: HTMLCanvasElement | null, widthCss: number, heightCss: number): Surface | null {
  const context = canvas?.getContext("2d");
  if (!canvas || !context) return null;
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(widthCss * ratio));
  const height = Math.max(1, Math.round(heightCss * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  canvas.style.width = `${widthCss}px`;
  canvas.style.height = `${heightCss}px`;
  return { context, width, height, ratio };
}

export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim() || "#808080";
  return {
    paper: color("--plot-paper"),
    grid: color("--plot-grid"),
    gridStrong: color("--plot-grid-strong"),
    frame: color("--plot-frame"),
    text: color("--text"),
    muted: color("--text-muted"),
    gas: color("--plot-gas"),
    font: style.fontFamily || "sans-serif",
  };
}
