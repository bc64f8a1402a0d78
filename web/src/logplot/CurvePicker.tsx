// Chooses which curves are shown: those of the layout, and any other curve in the data.
import type { Curve, WellPlot } from "./model";

interface Props {
  plot: WellPlot;
  shown: ReadonlySet<string>;
  onChange: (shown: Set<string>) => void;
}

/** Wells with dozens of curves open with their first tracks; the picker has the rest. */
const TRACKS_FIRST = 6;

export function layoutCurves(plot: WellPlot): Set<string> {
  return new Set(plot.tracks.flatMap((track) => track.curves.map((c) => c.curve.mnemonic)));
}

export function curvesShownFirst(plot: WellPlot): Set<string> {
  return layoutCurves({ ...plot, tracks: plot.tracks.slice(0, TRACKS_FIRST) });
}

export function CurvePicker({ plot, shown, onChange }: Props) {
  const inLayout = layoutCurves(plot);
  const all = [...plot.curves.values()];
  const groups: [string, Curve[]][] = [
    ["In the tracks of the layout", all.filter((curve) => inLayout.has(curve.mnemonic))],
    ["Other curves, each in its own track", all.filter((curve) => !inLayout.has(curve.mnemonic))],
  ];
  const toggle = (mnemonic: string) => {
    const next = new Set(shown);
    if (!next.delete(mnemonic)) next.add(mnemonic);
    onChange(next);
  };
  return (
    <div className="picker">
      {groups.map(([title, curves]) =>
        curves.length === 0 ? null : (
          <fieldset key={title}>
            <legend>{title}</legend>
            {curves.map((curve) => (
              <label key={curve.mnemonic} className="picker-curve">
                <input
                  type="checkbox"
                  checked={shown.has(curve.mnemonic)}
                  disabled={curve.present === 0}
                  onChange={() => toggle(curve.mnemonic)}
                />
                <span>{curve.mnemonic}</span>
                <span className="picker-unit">{curve.present === 0 ? "no values" : curve.unit}</span>
              </label>
            ))}
          </fieldset>
        ),
      )}
    </div>
  );
}
