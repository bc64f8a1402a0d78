// ECharts: one grid a track, depth down, sampled by smallest and largest.
import * as echarts from "echarts";
import { COLORS, TRACKS } from "./data.js";

export async function prepare(host, log) {
  const pairs = (name) => log.DEPT.map((depth, i) => [log[name][i], depth]);
  const option = { animation: false, grid: [], xAxis: [], yAxis: [], series: [], dataZoom: [] };
  TRACKS.forEach((track, t) => {
    option.grid.push({ left: 60 + t * 285, width: 270, top: 60, height: 600 });
    option.yAxis.push({ gridIndex: t, type: "value", inverse: true, min: "dataMin", max: "dataMax", show: t === 0 });
    for (const [name, min, max, kind] of track.curves) {
      const [low, high] = [Math.min(min, max), Math.max(min, max)];
      option.xAxis.push({
        gridIndex: t,
        type: kind === "log" ? "log" : "value",
        min: low,
        max: high,
        inverse: min > max,
      });
      option.series.push({
        ...{ type: "line", name, data: pairs(name), showSymbol: false, sampling: "minmax", color: COLORS[name] },
        ...{ xAxisIndex: option.xAxis.length - 1, yAxisIndex: t, lineStyle: { width: 1.25 } },
      });
    }
  });
  option.dataZoom.push({ type: "inside", yAxisIndex: TRACKS.map((_, t) => t), filterMode: "filter" });
  return async () => {
    const chart = echarts.init(host, null, { width: 1200, height: 700 });
    chart.setOption(option);
    return { show: (startValue, endValue) => chart.dispatchAction({ type: "dataZoom", startValue, endValue }) };
  };
}
