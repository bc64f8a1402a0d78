// The heads of the tracks: title, and for each curve its line, scale ends and the value under the cursor.
import type { CSSProperties } from "react";
import { formatLimit, formatValue } from "../format";
import { crossoverOf, type DrawnCurve, type DrawnTrack } from "./draw";

interface Props {
  tracks: DrawnTrack[];
  trackWidth: number;
  cursor: number; // sample under the cursor, or -1
}

function Line({ curve }: { curve: DrawnCurve }) {
  return (
    <svg className="curve-line" width="100%" height="3" aria-hidden="true" focusable="false">
      <line
        x1="0"
        x2="100%"
        y1="1.5"
        y2="1.5"
        stroke={curve.ink}
        strokeWidth="2"
        strokeDasharray={curve.dash.join(" ") || undefined}
      />
    </svg>
  );
}

function CurveHead({ curve, cursor }: { curve: DrawnCurve; cursor: number }) {
  const { mnemonic, unit, values } = curve.curve;
  const value = cursor >= 0 ? values[cursor]! : null;
  return (
    <li className="curve-head" data-curve={mnemonic} data-ink={curve.ink}>
      <div className="curve-name">
        <b>{mnemonic}</b>
        {unit && <span className="curve-unit">{unit}</span>}
        {value !== null && (
          <output className="curve-value">{Number.isNaN(value) ? "absent" : formatValue(value)}</output>
        )}
      </div>
      <Line curve={curve} />
      <div className="curve-scale">
        <span>{formatLimit(curve.scale.left)}</span>
        {curve.scale.kind === "log" && <span className="curve-log">log</span>}
        <span>{formatLimit(curve.scale.right)}</span>
      </div>
    </li>
  );
}

export function TrackHeaders({ tracks, trackWidth, cursor }: Props) {
  const style: CSSProperties = { width: trackWidth };
  return (
    <div className="track-heads">
      {tracks.map((track, i) => (
        <div className="track-head" style={style} key={i} data-track={i}>
          <h4 className="track-title" title={track.title}>
            {track.title || "Track"}
          </h4>
          {track.missing.length > 0 && (
            <p className="track-missing">{track.missing.join(", ")}: no values in the data</p>
          )}
          {crossoverOf(track) && (
            <p className="track-gas">
              <span className="gas-swatch" aria-hidden="true" />
              gas crossover
            </p>
          )}
          <ul className="curve-heads">
            {track.curves.map((curve) => (
              <CurveHead key={curve.curve.mnemonic} curve={curve} cursor={cursor} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
