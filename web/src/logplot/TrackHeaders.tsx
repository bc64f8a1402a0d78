// The heads of the tracks: title, and for each curve its line, scale ends (a button that edits them) and its value.
import { memo } from "react";
import { formatLimit } from "../format";
import { crossoverOf, type DrawnCurve, type DrawnTrack, type DrawnWell } from "./draw";
import { scaleKey } from "./model";
import { useLineShown, useRowRead, valueText, type Cursor } from "./reading";
import type { Store } from "./store";
import type { Viewport } from "./viewport";

interface Props {
  wells: readonly DrawnWell[];
  trackWidth: number;
  view: Store<Viewport>;
  cursor: Store<Cursor>;
  edited: string | null; // scaleKey() of the curves whose scale is being edited
  onEdit: (scaleKey: string) => void;
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

interface HeadProps {
  wells: readonly DrawnWell[];
  well: DrawnWell;
  isFirst: boolean;
  curve: DrawnCurve;
  view: Store<Viewport>;
  cursor: Store<Cursor>;
  isEdited: boolean;
  onEdit: (scaleKey: string) => void;
}

function CurveValue({ wells, well, isFirst, curve, view, cursor }: Omit<HeadProps, "isEdited" | "onEdit">) {
  const row = useRowRead(well, cursor, isFirst);
  const isShown = useLineShown(wells, cursor, view);
  if (row < 0 || !isShown) return null;
  return <output className="curve-value">{valueText(well, curve.curve.mnemonic, row)}</output>;
}

function CurveHead({ isEdited, onEdit, ...read }: HeadProps) {
  const { curve } = read;
  const { mnemonic, unit } = curve.curve;
  const [left, right] = [formatLimit(curve.scale.left), formatLimit(curve.scale.right)];
  return (
    <li className="curve-head" data-curve={mnemonic} data-scale={scaleKey(curve.curve)} data-ink={curve.ink}>
      <div className="curve-name">
        <b>{mnemonic}</b>
        {unit && <span className="curve-unit">{unit}</span>}
      </div>
      <Line curve={curve} />
      <button
        type="button"
        className="curve-scale"
        aria-expanded={isEdited}
        title={`Edit the scale of ${mnemonic}`}
        onClick={() => onEdit(scaleKey(curve.curve))}
      >
        <span>
          <span className="visually-hidden">Scale of {mnemonic}: </span>
          {left}
        </span>
        <span className={curve.scale.kind === "log" ? "curve-log" : "visually-hidden"}>{curve.scale.kind}</span>
        <span>{right}</span>
      </button>
      <div className="curve-reading">
        <CurveValue {...read} />
      </div>
    </li>
  );
}

function TrackTitle({ track }: { track: DrawnTrack }) {
  return (
    <>
      <h4 className="track-title" title={track.title}>
        {track.title || "Track"}
      </h4>
      {track.missing.length > 0 && <p className="track-missing">{track.missing.join(", ")}: no values in the data</p>}
      {crossoverOf(track) && (
        <p className="track-gas">
          <span className="gas-swatch" aria-hidden="true" />
          gas crossover
        </p>
      )}
    </>
  );
}

export const TrackHeaders = memo(function TrackHeaders({ wells, trackWidth, view, cursor, edited, onEdit }: Props) {
  let position = 0;
  return (
    <div className="track-heads">
      {wells.map((well, w) => (
        <div className="well-heads" key={w}>
          {wells.length > 1 && (
            <h4 className="well-name" style={{ maxWidth: well.tracks.length * trackWidth }}>
              {well.plot.name || "Well"}
            </h4>
          )}
          <div className="well-tracks">
            {well.tracks.map((track, i) => (
              <div className="track-head" style={{ width: trackWidth }} key={i} data-track={position++}>
                <TrackTitle track={track} />
                <ul className="curve-heads">
                  {track.curves.map((curve) => (
                    <CurveHead
                      key={curve.curve.mnemonic}
                      {...{ wells, well, curve, view, cursor, onEdit }}
                      isFirst={w === 0}
                      isEdited={edited === scaleKey(curve.curve)}
                    />
                  ))}
                </ul>
              </div>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
});
