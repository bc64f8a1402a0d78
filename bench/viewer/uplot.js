// uPlot: depth runs across, for it knows no other way; six series with their own scales.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { COLORS, TRACKS } from "./data.js";

export async function prepare(host, log) {
  const curves = TRACKS.flatMap((track) => track.curves);
  const data = [log.DEPT, ...curves.map(([name]) => log[name])];
  const scales = { x: { time: false } };
  for (const [name, min, max, kind] of curves)
    scales[name] = {
      range: [Math.min(min, max), Math.max(min, max)],
      distr: kind === "log" ? 3 : 1,
      dir: min < max ? 1 : -1,
    };
  const series = [
    {},
    ...curves.map(([name]) => ({ label: name, scale: name, stroke: COLORS[name], points: { show: false } })),
  ];
  return async () => {
    const plot = new uPlot({ width: 1200, height: 600, scales, series, axes: [{}, { scale: "GR" }] }, data, host);
    return { show: (min, max) => plot.setScale("x", { min, max }) };
  };
}
