// The plot of one well, and of those put beside it: toolbar, panels, picture, table and caption.
import { useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { ApiClient } from "@spillway/client";
import { ConversationMessages } from "../artifacts/conversation";
import type { RendererProps } from "@spillway/client/react";
import { ProblemNotice } from "../components/ProblemNotice";
import { counted, formatDepth } from "../format";
import { CurvePicker, curvesShownFirst, layoutCurves } from "./CurvePicker";
import { DataTable } from "./DataTable";
import { ExportPanel } from "./ExportPanel";
import { scaleKey, trackFor, type Track, type WellPlot } from "./model";
import { UnitSwitch, WindowText, ZoomButtons } from "./PlotToolbar";
import { NO_CURSOR, type Cursor } from "./reading";
import type { Scale } from "./scale";
import { ScaleEditor } from "./ScaleEditor";
import type { Sheet } from "./sheet";
import { Stage } from "./Stage";
import { Store } from "./store";
import { depthDisplay, depthUnitOf, unitsPerCommon, type DepthDisplay } from "./units";
import { DepthRange, type Viewport } from "./viewport";
import type { Well } from "./well";
import { WellPicker, type AddedWell } from "./WellPicker";
import "./logplot.css";

type Scales = ReadonlyMap<string, Scale>; // by scaleKey(), in all wells: what stands side by side is to be compared

/** The layout's tracks with the curves that are shown, then a track for each further curve. */
function tracksShown(plot: WellPlot, shown: ReadonlySet<string>, scales: Scales): Track[] {
  const inLayout = layoutCurves(plot);
  const layout = plot.tracks.flatMap((track) => {
    const curves = track.curves.filter((c) => shown.has(c.curve.mnemonic));
    return curves.length > 0 ? [{ ...track, curves }] : [];
  });
  const others = [...plot.curves.values()].filter((c) => shown.has(c.mnemonic) && !inLayout.has(c.mnemonic));
  return [...layout, ...others.map(trackFor)].map((track) => ({
    ...track,
    curves: track.curves.map((c) => ({ ...c, scale: scales.get(scaleKey(c.curve)) ?? c.scale })),
  }));
}

function caption({ plot }: Well, display: DepthDisplay): string {
  const { data, index, curves } = plot;
  const [from, to] = [data.first, data.last].map((depth) => formatDepth(depth * display.factor, display.decimals));
  const unit = display.unit && ` ${display.unit}`;
  const what = `${counted(data.rows, "sample")} of ${counted(curves.size, "curve")}`;
  return `${plot.name || "Well"}: ${what} over ${index.mnemonic} ${from} to ${to}${unit}.`;
}

/** One range for all wells, in the depth of the first. */
function rangeOf(wells: readonly Well[], commonUnit: string): DepthRange {
  const ends = wells.map(({ plot: { data, index } }) => {
    const units = unitsPerCommon(index.unit, commonUnit) ?? 1;
    return { first: data.first / units, last: data.last / units, rows: data.rows };
  });
  const first = Math.min(...ends.map((end) => end.first));
  const last = Math.max(...ends.map((end) => end.last));
  return new DepthRange(first, last, Math.max(...ends.map((end) => end.rows)));
}

/** What of a long log is on its way, and what could not be had. */
function TileState({ well }: { well: Well }) {
  const tiles = well.tiles!;
  useSyncExternalStore(tiles.subscribe, tiles.version);
  if (tiles.problem)
    return <ProblemNotice problem={tiles.problem} what={well.plot.name} onRetry={() => tiles.cache.retry()} />;
  return (
    <p className="tile-state" role="status">
      {tiles.cache.isLoading ? "Loading finer data…" : ""}
    </p>
  );
}

type Panel = "none" | "curves" | "table" | "export" | "wells";

interface PlotProps extends Pick<RendererProps, "artifact"> {
  first: Well;
  client: ApiClient;
}

/** The artifacts a plot may take from its conversation: other wells, and the file that each came from. */
function useNeighbours({ artifact }: Pick<PlotProps, "artifact">) {
  const messages = useContext(ConversationMessages);
  return useMemo(() => {
    const plots = messages.flatMap((message) => message.artifacts).filter((other) => other.type === artifact.type);
    return {
      sourceOf: (href: string) =>
        messages
          .find((message) => message.artifacts.some((other) => other.href === href))
          ?.artifacts.find((other) => other.type === "las"),
      candidates: plots.filter((other) => other.href !== artifact.href && !other.error),
    };
  }, [messages, artifact.href, artifact.type]);
}

export function Plot({ artifact, first, client }: PlotProps) {
  const { sourceOf, candidates } = useNeighbours({ artifact });
  const [added, setAdded] = useState<readonly AddedWell[]>([]);
  const [shown, setShown] = useState<ReadonlySet<string>>(() => curvesShownFirst(first.plot));
  const [scales, setScales] = useState<Scales>(new Map());
  const [edited, setEdited] = useState<string | null>(null); // a scaleKey()
  const [panel, setPanel] = useState<Panel>("none");
  const dataUnit = first.plot.index.unit;
  const [unit, setUnit] = useState(() => depthUnitOf(dataUnit));
  const [cursor] = useState(() => new Store<Cursor>(NO_CURSOR));
  const sheet = useRef<(() => Sheet) | null>(null);

  const wells = useMemo(
    () =>
      [first, ...added.map(({ well }) => well)].map((well, i) => ({
        well,
        plot: well.plot,
        tracks: tracksShown(well.plot, i === 0 ? shown : curvesBeside(well.plot, shown), scales),
        unitsPerCommon: unitsPerCommon(well.plot.index.unit, dataUnit) ?? 1,
      })),
    [first, added, shown, scales, dataUnit],
  );
  const step = Math.min(...wells.map(({ plot, unitsPerCommon: units }) => plot.data.step / units));
  const display = useMemo(() => depthDisplay(dataUnit, unit, step), [dataUnit, unit, step]);
  const range = useMemo(() => rangeOf([first, ...added.map(({ well }) => well)], dataUnit), [first, added, dataUnit]);
  const [view] = useState(() => new Store<Viewport>(range.whole));
  const rangeBefore = useRef(range);
  useEffect(() => {
    const showedAll = rangeBefore.current.isWhole(view.get());
    rangeBefore.current = range;
    view.set(showedAll ? range.whole : range.clamp(view.get()));
  }, [range, view]);

  const sources = [artifact.href, ...added.map(({ href }) => href)].flatMap((href, i) => {
    const file = sourceOf(href);
    return file ? [{ well: wells[i]!.plot.name || "Well", file }] : [];
  });
  const toggle = (name: Panel) => setPanel((open) => (open === name ? "none" : name));
  const panelButton = (name: Panel, label: string) => (
    <button type="button" className="button" aria-expanded={panel === name} onClick={() => toggle(name)}>
      {label}
    </button>
  );
  const editedCurve = wells.flatMap((w) => w.tracks.flatMap((t) => t.curves)).find((c) => scaleKey(c.curve) === edited);
  const setScale = (key: string, scale: Scale | null) => {
    const next = new Map(scales);
    if (scale) next.set(key, scale);
    else next.delete(key);
    setScales(next);
  };
  const closeEditor = () => {
    setEdited(null);
    const heads = figure.current?.querySelectorAll<HTMLElement>("[data-scale]") ?? [];
    [...heads]
      .find((head) => head.dataset.scale === edited)
      ?.querySelector("button")
      ?.focus();
  };
  const figure = useRef<HTMLElement>(null);
  const [onEdit] = useState(() => (key: string) => setEdited((open) => (open === key ? null : key)));
  return (
    <figure className="logplot" ref={figure}>
      <div className="plot-toolbar">
        {first.plot.synthetic && <span className="badge badge-synthetic">Synthetic data</span>}
        <WindowText view={view} display={display} />
        <ZoomButtons range={range} view={view} />
        {unit && <UnitSwitch value={unit} onChange={setUnit} />}
        {panelButton("curves", `Curves ${shown.size} of ${first.plot.curves.size}`)}
        {candidates.length > 0 && panelButton("wells", added.length > 0 ? `Wells ${added.length + 1}` : "Add well")}
        {panelButton("export", "Export")}
        {panelButton("table", "Table")}
      </div>
      {panel === "curves" && <CurvePicker plot={first.plot} shown={shown} onChange={setShown} />}
      {panel === "wells" && <WellPicker {...{ client, candidates, added }} depthUnit={dataUnit} onChange={setAdded} />}
      {panel === "export" && <ExportPanel {...{ wells, view, sheet, sources }} />}
      {editedCurve && edited && (
        <ScaleEditor
          key={edited}
          mnemonic={editedCurve.curve.mnemonic}
          unit={editedCurve.curve.unit}
          scale={editedCurve.scale}
          isChanged={scales.has(edited)}
          onApply={(scale) => setScale(edited, scale)}
          onReset={() => setScale(edited, null)}
          onClose={closeEditor}
        />
      )}
      {wells.map(({ well }, i) => (well.tiles ? <TileState key={i} well={well} /> : null))}
      <Stage {...{ wells, range, view, cursor, display, edited, onEdit, sheet }} />
      {panel === "table" && wells.map((well, i) => <DataTable key={i} {...{ well, view, display }} />)}
      <figcaption>
        {wells.map(({ well }, i) => (
          <p key={i}>
            {caption(well, depthDisplay(well.plot.index.unit, unit, well.plot.data.step))}
            {well.plot.synthetic && " Generated for demonstration; not measured in a real well."}
          </p>
        ))}
        <Notes plots={wells.map((well) => well.plot)} />
      </figcaption>
    </figure>
  );
}

/** What a well beside the first one shows: the same curves, and its own layout where it has none of them. */
function curvesBeside(plot: WellPlot, shown: ReadonlySet<string>): ReadonlySet<string> {
  const common = new Set([...shown].filter((mnemonic) => (plot.curves.get(mnemonic)?.present ?? 0) > 0));
  return common.size > 0 ? common : curvesShownFirst(plot);
}

function Notes({ plots }: { plots: readonly WellPlot[] }) {
  const notes = plots.flatMap((plot) =>
    plot.notes.map((note) => (plots.length > 1 ? `${plot.name || "Well"}: ${note}` : note)),
  );
  if (notes.length === 0) return null;
  return (
    <ul className="plot-notes">
      {[...new Set(notes)].map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
