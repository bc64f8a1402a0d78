// The window of depth that a plot shows, and how zooming and panning change it. Pure.

export interface Viewport {
  top: number;
  bottom: number;
}

/** The closest zoom: this many median sample steps from top to bottom. */
const SPAN_STEPS_MIN = 8;

export class DepthRange {
  readonly whole: Viewport;
  readonly spanMin: number;

  constructor(first: number, last: number, rows: number) {
    // A well of one sample still needs a window around it.
    this.whole = last > first ? { top: first, bottom: last } : { top: first - 1, bottom: first + 1 };
    const span = this.whole.bottom - this.whole.top;
    this.spanMin = Math.min(span, (span / Math.max(1, rows - 1)) * SPAN_STEPS_MIN);
  }

  /** The window, moved and if need be narrowed, to lie within the data. */
  clamp(view: Viewport): Viewport {
    const { top, bottom } = this.whole;
    const span = Math.min(bottom - top, Math.max(this.spanMin, view.bottom - view.top));
    const start = Math.min(bottom - span, Math.max(top, view.top));
    return { top: start, bottom: start + span };
  }

  /** `factor` below 1 zooms in; the depth `anchor` stays where it is on the screen. */
  zoom(view: Viewport, factor: number, anchor: number): Viewport {
    const span = view.bottom - view.top;
    const next = Math.min(this.whole.bottom - this.whole.top, Math.max(this.spanMin, span * factor));
    const top = anchor - ((anchor - view.top) / span) * next;
    return this.clamp({ top, bottom: top + next });
  }

  /** `by` is depth; the window stops at the ends of the data. */
  pan(view: Viewport, by: number): Viewport {
    return this.clamp({ top: view.top + by, bottom: view.bottom + by });
  }

  isWhole(view: Viewport): boolean {
    return view.bottom - view.top >= (this.whole.bottom - this.whole.top) * (1 - 1e-9);
  }
}
