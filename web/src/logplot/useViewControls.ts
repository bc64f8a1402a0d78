// Wheel, drag, pinch and keyboard for the window of depth and the cursor of a plot.
import { useEffect, useMemo, useRef, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import type { CurveData } from "./data";
import { NO_CURSOR, type Cursor } from "./reading";
import type { Store } from "./store";
import type { DepthRange, Viewport } from "./viewport";

interface Options {
  stage: RefObject<HTMLElement | null>;
  data: CurveData; // of the first well, whose samples the keyboard steps through
  range: DepthRange;
  view: Store<Viewport>;
  cursor: Store<Cursor>;
}

const ZOOM_KEY = 0.7;
const ZOOM_PER_WHEEL_PIXEL = 0.0022;
/** Wheel events closer together than this belong to one turn, which stays with whoever took its first one. */
const WHEEL_TURN_MS = 250;

/**
 * A page being scrolled is not stopped by a plot that slides under the pointer: a turn of the wheel that began
 * elsewhere, or that has nothing left to zoom out, stays with the page.
 */
function useWheel({ stage, range, view }: Options): void {
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    let lastElsewhere = -Infinity;
    const onWheel = (event: WheelEvent) => {
      const zoomsOut = event.deltaY > 0;
      const inside = element.contains(event.target as Node);
      const nothingToDo = event.deltaY === 0 || (zoomsOut && range.isWhole(view.get()));
      if (!inside || nothingToDo || event.timeStamp - lastElsewhere < WHEEL_TURN_MS) {
        lastElsewhere = event.timeStamp;
        return;
      }
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = (event.clientY - box.top) / box.height;
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 32 : event.deltaY;
      const factor = Math.exp(Math.max(-240, Math.min(240, pixels)) * ZOOM_PER_WHEEL_PIXEL);
      const { top, bottom } = view.get();
      view.set(range.zoom(view.get(), factor, top + at * (bottom - top)));
    };
    window.addEventListener("wheel", onWheel, { passive: false });
    return () => window.removeEventListener("wheel", onWheel);
  }, [stage, range, view]);
}

/** Two fingers are ours even where one may scroll the page; the browser would take both for scrolling. */
function useTwoFingers(stage: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const onTouch = (event: TouchEvent) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    };
    element.addEventListener("touchstart", onTouch, { passive: false });
    element.addEventListener("touchmove", onTouch, { passive: false });
    return () => {
      element.removeEventListener("touchstart", onTouch);
      element.removeEventListener("touchmove", onTouch);
    };
  }, [stage]);
}

interface Point {
  x: number;
  y: number;
}

/** Moves and zooms the window so that what was under the two fingers before is under them now. */
export function pinched(
  range: DepthRange,
  view: Viewport,
  before: readonly [Point, Point],
  after: readonly [Point, Point],
  height: number,
): Viewport {
  const apart = ([a, b]: readonly [Point, Point]) => Math.max(8, Math.hypot(a.x - b.x, a.y - b.y));
  const middle = ([a, b]: readonly [Point, Point]) => (a.y + b.y) / 2;
  const span = view.bottom - view.top;
  const zoomed = range.zoom(view, apart(before) / apart(after), view.top + (middle(before) / height) * span);
  return range.pan(zoomed, ((middle(before) - middle(after)) / height) * (zoomed.bottom - zoomed.top));
}

function usePointers({ stage, range, view, cursor }: Options) {
  const down = useRef(new Map<number, Point>());
  const lift = (event: PointerEvent<HTMLElement>) => void down.current.delete(event.pointerId);
  const pointOf = (event: PointerEvent<HTMLElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const moveTo = (id: number, point: Point) => {
    const height = Math.max(1, stage.current?.clientHeight ?? 1);
    const { top, bottom } = view.get();
    const before = [...down.current.values()];
    const old = down.current.get(id)!;
    down.current.set(id, point);
    const after = [...down.current.values()];
    if (before.length === 1) view.set(range.pan(view.get(), ((old.y - point.y) * (bottom - top)) / height));
    else if (before.length === 2)
      view.set(pinched(range, view.get(), before as [Point, Point], after as [Point, Point], height));
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      down.current.set(event.pointerId, pointOf(event));
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const point = pointOf(event);
      if (down.current.has(event.pointerId)) moveTo(event.pointerId, point);
      const { top, bottom } = view.get();
      const height = Math.max(1, event.currentTarget.clientHeight);
      cursor.set({ depth: top + (point.y / height) * (bottom - top), row: -1 });
    },
    onPointerUp: lift,
    onPointerCancel: lift,
    onPointerLeave(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === "mouse") cursor.set(NO_CURSOR); // what a finger pointed at stays to be read
    },
  };
}

export interface ZoomControls {
  zoomIn: () => void;
  zoomOut: () => void;
  reset: () => void;
}

export function useZoom(range: DepthRange, view: Store<Viewport>): ZoomControls {
  return useMemo(() => {
    const zoom = (factor: number) => {
      const { top, bottom } = view.get();
      view.set(range.zoom(view.get(), factor, (top + bottom) / 2));
    };
    return {
      zoomIn: () => zoom(ZOOM_KEY),
      zoomOut: () => zoom(1 / ZOOM_KEY),
      reset: () => view.set(range.whole),
    };
  }, [range, view]);
}

export function useViewControls(options: Options) {
  const { stage, data, range, view, cursor } = options;
  useWheel(options);
  useTwoFingers(stage);
  const { zoomIn, zoomOut, reset } = useZoom(range, view);
  const pan = (share: number) => {
    const { top, bottom } = view.get();
    view.set(range.pan(view.get(), (bottom - top) * share));
  };

  const moveCursor = (by: number) => {
    const { top, bottom } = view.get();
    const now = cursor.get();
    const middle = (top + bottom) / 2;
    const isRead = !Number.isNaN(now.depth);
    const start = isRead && now.row >= 0 ? now.row : data.nearest(isRead ? now.depth : middle);
    if (start < 0) return; // not loaded yet
    const row = Math.max(0, Math.min(data.rows - 1, start + by));
    const depth = data.depthAt(row);
    if (depth === undefined) return;
    cursor.set({ depth, row });
    if (depth < top || depth > bottom) view.set(range.pan(view.get(), depth - middle));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions: Record<string, () => void> = {
      ArrowUp: () => (event.shiftKey ? moveCursor(-1) : pan(-0.1)),
      ArrowDown: () => (event.shiftKey ? moveCursor(1) : pan(0.1)),
      PageUp: () => pan(-0.9),
      PageDown: () => pan(0.9),
      "+": zoomIn,
      "=": zoomIn,
      "-": zoomOut,
      Home: reset,
      Escape: () => cursor.set(NO_CURSOR),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  return { onKeyDown, ...usePointers(options) };
}
