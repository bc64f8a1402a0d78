// The same data as numbers, for those who cannot use the picture: the first rows of the window shown.
import { formatCount, formatDepth, formatValue } from "../format";
import { samplesIn } from "./m4";
import type { Curve, WellPlot } from "./model";
import type { Viewport } from "./viewport";

interface Props {
  plot: WellPlot;
  curves: Curve[];
  view: Viewport;
}

const ROWS_MAX = 200;

export function DataTable({ plot, curves, view }: Props) {
  const { depth, index } = plot;
  let [from, to] = samplesIn(depth, view.top, view.bottom);
  while (from < to && depth[from]! < view.top) ++from;
  while (to > from && depth[to - 1]! > view.bottom) --to;
  const rows = Array.from({ length: Math.min(ROWS_MAX, to - from) }, (_, i) => from + i);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Values of ${plot.name}`}>
      <table>
        <caption>
          {to - from > ROWS_MAX
            ? `The first ${ROWS_MAX} of ${formatCount(to - from)} samples in the window shown. Zoom or pan to see others; Download has all of them.`
            : `All ${formatCount(to - from)} samples in the window shown.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              {index.mnemonic} <span>{index.unit}</span>
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
              <th scope="row">{formatDepth(depth[row]!)}</th>
              {curves.map((curve) => (
                <td key={curve.mnemonic}>{formatValue(curve.values[row]!)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
