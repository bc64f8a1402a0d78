// Wheel, drag and keyboard for the window of depth and the cursor of a plot.
import { useCallback, useEffect, useRef, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { nearest } from "./m4";
import type { DepthRange, Viewport } from "./viewport";

interface Options {
  stage: RefObject<HTMLElement | null>;
  depth: Float64Array;
  range: DepthRange;
  view: Viewport;
  cursor: number;
  setView: (change: (view: Viewport) => Viewport) => void;
  setCursor: (sample: number) => void;
}

const ZOOM_KEY = 0.7;
const ZOOM_PER_WHEEL_PIXEL = 0.0022;
/** Wheel events closer together than this belong to one turn, which stays with whoever took its first one. */
const WHEEL_TURN_MS = 250;

/**
 * A page being scrolled is not stopped by a plot that slides under the pointer: a turn of the wheel that began
 * elsewhere, or that has nothing left to zoom out, stays with the page.
 */
function useWheel({ stage, range, view, setView }: Options): void {
  const now = useRef(view);
  now.current = view;
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    let lastElsewhere = -Infinity;
    const onWheel = (event: WheelEvent) => {
      const zoomsOut = event.deltaY > 0;
      const inside = element.contains(event.target as Node);
      const nothingToDo = zoomsOut && range.isWhole(now.current);
      if (!inside || nothingToDo || event.timeStamp - lastElsewhere < WHEEL_TURN_MS) {
        lastElsewhere = event.timeStamp;
        return;
      }
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = (event.clientY - box.top) / box.height;
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 32 : event.deltaY;
      const factor = Math.exp(Math.max(-240, Math.min(240, pixels)) * ZOOM_PER_WHEEL_PIXEL);
      setView((old) => range.zoom(old, factor, old.top + at * (old.bottom - old.top)));
    };
    window.addEventListener("wheel", onWheel, { passive: false });
    return () => window.removeEventListener("wheel", onWheel);
  }, [stage, range, setView]);
}

function usePointer({ stage, depth, range, view, setView, setCursor }: Options) {
  const drag = useRef<{ pointer: number; y: number } | null>(null);
  const perPixel = () => (view.bottom - view.top) / Math.max(1, stage.current?.clientHeight ?? 1);
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      drag.current = { pointer: event.pointerId, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const box = event.currentTarget.getBoundingClientRect();
      if (drag.current?.pointer === event.pointerId) {
        const by = (drag.current.y - event.clientY) * perPixel();
        drag.current.y = event.clientY;
        setView((old) => range.pan(old, by));
      }
      setCursor(nearest(depth, view.top + (event.clientY - box.top) * perPixel()));
    },
    onPointerUp() {
      drag.current = null;
    },
    onPointerCancel() {
      drag.current = null;
    },
    onPointerLeave() {
      setCursor(-1);
    },
  };
}

export function useViewControls(options: Options) {
  const { depth, range, view, cursor, setView, setCursor } = options;
  useWheel(options);
  const zoom = useCallback(
    (factor: number) => setView((old) => range.zoom(old, factor, (old.top + old.bottom) / 2)),
    [range, setView],
  );
  const reset = useCallback(() => setView(() => range.whole), [range, setView]);

  const moveCursor = (by: number) => {
    const start = cursor >= 0 ? cursor : nearest(depth, (view.top + view.bottom) / 2);
    const next = Math.max(0, Math.min(depth.length - 1, start + by));
    setCursor(next);
    const at = depth[next]!;
    const middle = (view.top + view.bottom) / 2;
    if (at < view.top || at > view.bottom) setView((old) => range.pan(old, at - middle));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = view.bottom - view.top;
    const pan = (share: number) => setView((old) => range.pan(old, page * share));
    const actions: Record<string, () => void> = {
      ArrowUp: () => (event.shiftKey ? moveCursor(-1) : pan(-0.1)),
      ArrowDown: () => (event.shiftKey ? moveCursor(1) : pan(0.1)),
      PageUp: () => pan(-0.9),
      PageDown: () => pan(0.9),
      "+": () => zoom(ZOOM_KEY),
      "=": () => zoom(ZOOM_KEY),
      "-": () => zoom(1 / ZOOM_KEY),
      Home: reset,
      Escape: () => setCursor(-1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  return { zoomIn: () => zoom(ZOOM_KEY), zoomOut: () => zoom(1 / ZOOM_KEY), reset, onKeyDown, ...usePointer(options) };
}
