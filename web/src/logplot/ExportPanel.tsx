// Takes the plot along: as a picture, as vectors, as numbers, or as the file it came from.
import { useState, type RefObject } from "react";
import type { Artifact } from "@spillway/client";
import { toProblem } from "@spillway/client";
import { viewOf } from "./draw";
import { sheetPng, sheetSvg, type Sheet } from "./sheet";
import type { Store } from "./store";
import type { Viewport } from "./viewport";
import type { Well } from "./well";

interface Props {
  wells: readonly { well: Well; tracks: readonly unknown[]; unitsPerCommon: number }[];
  view: Store<Viewport>;
  sheet: RefObject<(() => Sheet) | null>;
  sources: readonly { well: string; file: Artifact }[]; // the original LAS files that are kept
}

/** A name that every file system takes. */
export function fileName(well: string, ending: string): string {
  const plain = well.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._]+/, "");
  return `${plain || "well"}${ending}`;
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download has begun long since
}

export function ExportPanel({ wells, view, sheet, sources }: Props) {
  const [state, setState] = useState("");
  const names = wells.map(({ well }) => well.plot.name || "well").join("_");
  const run = async (make: () => Promise<void>) => {
    setState("Preparing the file…");
    try {
      await make();
      setState("Saved.");
    } catch (thrown) {
      setState(`Not saved: ${toProblem(thrown).message}`);
    }
  };
  const png = async () => save(await sheetPng(sheet.current!()), fileName(names, ".png"));
  const svg = async () =>
    save(new Blob([sheetSvg(sheet.current!())], { type: "image/svg+xml" }), fileName(names, ".svg"));
  const csv = async (isWindow: boolean) => {
    for (const { well, unitsPerCommon } of wells) {
      const window = isWindow ? viewOf({ unitsPerCommon }, view.get()) : null;
      save(await well.csv(window), fileName(well.plot.name || "well", isWindow ? "_window.csv" : ".csv"));
    }
  };
  const isEmpty = wells.every(({ tracks }) => tracks.length === 0);
  const button = (label: string, make: () => Promise<void>, disabled = false) => (
    <button type="button" className="button" disabled={disabled} onClick={() => void run(make)}>
      {label}
    </button>
  );
  return (
    <div className="plot-panel export-panel" role="group" aria-label="Export">
      {button("Picture (PNG)", png, isEmpty)}
      {button("Vectors (SVG)", svg, isEmpty)}
      {button("Samples in the window (CSV)", () => csv(true))}
      {button("All samples (CSV)", () => csv(false))}
      {sources.map(({ well, file }) => (
        <a key={file.href} className="button" href={file.href} download={file.name ?? true}>
          Original LAS{wells.length > 1 && ` of ${well}`}
        </a>
      ))}
      <p role="status">{isEmpty ? "No curve is shown, so there is no picture." : state}</p>
    </div>
  );
}
