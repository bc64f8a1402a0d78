// What was stored day by day: three layers over time, and the same as a table.
import type { Day } from "../api/types";
import { formatBytes, formatCount } from "../format";

const WIDTH = 640;
const HEIGHT = 160;
const LAYERS = [
  { key: "inlineBytes", name: "Inline", place: "inline" },
  { key: "encodedBytes", name: "Encoded", place: "encoded" },
  { key: "spilledBytes", name: "Spilled", place: "spilled" },
] as const;

const bytesOf = (day: Day) => day.inlineBytes + day.encodedBytes + day.spilledBytes;

/** Steps, because a total holds from its day until the next change. */
function layerPath(days: Day[], at: (day: string) => number, y: (bytes: number) => number, upTo: number): string {
  const height = (day: Day, layers: number) =>
    LAYERS.slice(0, layers).reduce((sum, layer) => sum + day[layer.key], 0);
  const line = (layers: number) =>
    days.flatMap((day, i) => {
      const next = days[i + 1];
      const level = y(height(day, layers));
      return [`${at(day.day)},${level}`, `${next ? at(next.day) : WIDTH},${level}`];
    });
  return `M${line(upTo).join("L")}L${line(upTo - 1)
    .reverse()
    .join("L")}Z`;
}

export function History({ days }: { days: Day[] }) {
  if (days.length === 0) return <p className="storage-note">Nothing has been stored yet.</p>;
  const first = Date.parse(days[0]!.day);
  const last = Date.parse(days[days.length - 1]!.day) + 86_400_000;
  const most = Math.max(1, ...days.map(bytesOf));
  const at = (day: string) => ((Date.parse(day) - first) / (last - first)) * WIDTH;
  const y = (bytes: number) => HEIGHT - (bytes / most) * HEIGHT;
  const latest = days[days.length - 1]!;
  return (
    <figure className="history">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Stored bytes from ${days[0]!.day} to ${latest.day}: ${formatBytes(bytesOf(days[0]!))} to ${formatBytes(bytesOf(latest))}, at most ${formatBytes(most)}.`}
      >
        {LAYERS.map((layer, i) => (
          <path key={layer.key} className={`history-${layer.place}`} d={layerPath(days, at, y, i + 1)} />
        ))}
      </svg>
      <figcaption className="history-axis numbers">
        <span>{days[0]!.day}</span>
        <span>up to {formatBytes(most)}</span>
        <span>{latest.day}</span>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Stored bytes by day">
          <table className="numbers">
            <thead>
              <tr>
                <th scope="col">End of day</th>
                <th scope="col">Messages</th>
                {LAYERS.map((layer) => (
                  <th key={layer.key} scope="col">
                    {layer.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...days].reverse().map((day) => (
                <tr key={day.day}>
                  <th scope="row">{day.day}</th>
                  <td>{formatCount(day.messages)}</td>
                  {LAYERS.map((layer) => (
                    <td key={layer.key}>{formatBytes(day[layer.key])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
