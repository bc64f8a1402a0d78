// @equinor/videx-wellog: graph tracks over one depth scale, as its own examples set them up.
import { GraphTrack, LogController, ScaleTrack } from "@equinor/videx-wellog";
import "@equinor/videx-wellog/dist/styles/styles.css";
import { COLORS, TRACKS } from "./data.js";

export async function prepare(host, log) {
  const data = {};
  for (const [name] of TRACKS.flatMap((track) => track.curves))
    data[name] = log.DEPT.map((depth, i) => [depth, log[name][i]]);
  const plotOf = ([name, min, max, kind]) => ({
    id: name,
    type: "line",
    options: {
      domain: [min, max],
      scale: kind === "log" ? "log" : "linear",
      color: COLORS[name],
      dataAccessor: (d) => d[name],
      width: 1.25,
    },
  });
  const tracks = TRACKS.map(
    ({ title, curves }, t) =>
      new GraphTrack(`t${t}`, {
        label: title,
        scale: curves[0][3] === "log" ? "log" : "linear",
        domain: curves[0].slice(1, 3),
        data,
        plots: curves.map(plotOf),
      }),
  );
  const ends = [log.DEPT[0], log.DEPT[log.DEPT.length - 1]];
  return async () => {
    const controller = new LogController({ domain: ends, showLegend: true }).init(host);
    controller.setTracks([new ScaleTrack("scale"), ...tracks]);
    controller.adjustToSize?.();
    return { show: (top, bottom) => controller.zoomTo([top, bottom], 0) };
  };
}
