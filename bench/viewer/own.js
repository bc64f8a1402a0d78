// The viewer's log plot, as the page mounts it, with the artifact as JSON.parse gives it.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { COLORS, TRACKS } from "./data.js";

function artifactOf(log) {
  return {
    ...{ type: "logPlotViewer", wellName: "BENCH", index: { mnemonic: "DEPT", unit: "m" }, units: {}, logData: log },
    tracks: TRACKS.map(({ title, curves }) => ({
      title,
      curves: curves.map(([mnemonic, min, max, scale = "linear"]) => ({
        ...{ mnemonic, unit: "", min, max, scale, color: COLORS[mnemonic] },
        fill: mnemonic === "GR" ? "left" : null,
      })),
      crossover: title === "Density and neutron" ? { left: "RHOB", right: "NPHI" } : null,
    })),
  };
}

export async function prepare(host, log) {
  const { default: LogPlot } = await import("@web/logplot/LogPlot");
  const value = artifactOf(log);
  const artifact = { id: "a", name: "BENCH", type: "logPlotViewer", href: "/bench", size: 1 };
  return async () => {
    createRoot(host).render(createElement(LogPlot, { artifact, value }));
    let shown = [NaN, NaN];
    // By the keys a reader has: + to a fifth of the well, then arrows. The bench's steps are the arrow's tenth.
    return {
      show(top, bottom) {
        const stage = host.querySelector(".plot-stage");
        const press = (key) => stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        if (Number.isNaN(shown[0]))
          for (let i = 0; i < 5; ++i) press("+"); // 0.7^5 = 0.17
        else press(top > shown[0] ? "ArrowDown" : "ArrowUp");
        shown = [top, bottom];
      },
    };
  };
}
