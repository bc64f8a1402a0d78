// The parts of a plot's toolbar: the window in words, zoom buttons, metres or feet.
import type { ReactNode } from "react";
import { FitIcon, MinusIcon, PlusIcon } from "../components/icons";
import { formatDepth } from "../format";
import { useStore, type Store } from "./store";
import type { DepthDisplay, DepthUnit } from "./units";
import { useZoom } from "./useViewControls";
import type { DepthRange, Viewport } from "./viewport";

export function WindowText({ view, display }: { view: Store<Viewport>; display: DepthDisplay }) {
  const { top, bottom } = useStore(view);
  return (
    <span className="plot-window numbers">
      {formatDepth(top * display.factor, display.decimals)} – {formatDepth(bottom * display.factor, display.decimals)}
      {display.unit && ` ${display.unit}`}
    </span>
  );
}

export function ZoomButtons({ range, view }: { range: DepthRange; view: Store<Viewport> }) {
  const { zoomIn, zoomOut, reset } = useZoom(range, view);
  const button = (label: string, act: () => void, icon: ReactNode) => (
    <button type="button" className="button button-icon" onClick={act} aria-label={label} title={label}>
      {icon}
    </button>
  );
  return (
    <div className="plot-buttons" role="group" aria-label="Zoom">
      {button("Zoom in", zoomIn, <PlusIcon />)}
      {button("Zoom out", zoomOut, <MinusIcon />)}
      {button("Whole well", reset, <FitIcon />)}
    </div>
  );
}

/** Metres or feet, where the data say which they are in. */
export function UnitSwitch({ value, onChange }: { value: DepthUnit; onChange: (unit: DepthUnit) => void }) {
  return (
    <div className="plot-buttons" role="group" aria-label="Depth shown in">
      {(["m", "ft"] as const).map((unit) => (
        <button
          key={unit}
          type="button"
          className="button"
          title={unit === "m" ? "Depths in metres" : "Depths in feet"}
          aria-pressed={unit === value}
          onClick={() => onChange(unit)}
        >
          {unit}
        </button>
      ))}
    </div>
  );
}
