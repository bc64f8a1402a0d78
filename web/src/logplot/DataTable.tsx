// The same data as numbers, for those who cannot use the picture: the first rows of the window shown.
import { useDeferredValue } from "react";
import { formatCount, formatDepth, formatValue } from "../format";
import { viewOf } from "./draw";
import { useVersion } from "./reading";
import type { ShownWell } from "./Stage";
import { useStore, type Store } from "./store";
import type { DepthDisplay } from "./units";
import type { Viewport } from "./viewport";

interface Props {
  well: ShownWell;
  view: Store<Viewport>;
  display: DepthDisplay;
}

const ROWS_MAX = 200;

function text(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "…" : format(value);
}

export function DataTable({ well, view, display }: Props) {
  const { plot, unitsPerCommon } = well;
  const { data, index } = plot;
  const curves = well.tracks.flatMap((track) => track.curves.map((c) => c.curve));
  useVersion(data);
  const [from, to] = data.rowsIn(viewOf(well, useDeferredValue(useStore(view))));
  const rows = Array.from({ length: Math.min(ROWS_MAX, to - from) }, (_, i) => from + i);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Values of ${plot.name}`}>
      <table>
        <caption>
          {plot.name && `${plot.name}. `}
          {to - from > ROWS_MAX
            ? `The first ${ROWS_MAX} of ${formatCount(to - from)} samples in the window shown. Zoom or pan for others; CSV under Export has all.`
            : `All ${formatCount(to - from)} samples in the window shown.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              {index.mnemonic} <span>{display.unit}</span>
            </th>
            {curves.map((curve) => (
              <th scope="col" key={curve.mnemonic}>
                {curve.mnemonic} <span>{curve.unit}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">
                {text(data.depthAt(row), (depth) => formatDepth((depth / unitsPerCommon) * display.factor, display.decimals))}
              </th>
              {curves.map((curve) => (
                <td key={curve.mnemonic}>{text(data.valueAt(curve.mnemonic, row), formatValue)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
