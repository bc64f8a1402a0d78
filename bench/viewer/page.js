// One library on one log: ?lib=own&rows=9048. Measures first paint and panning; the result is window.result.
import { makeLog } from "./data.js";

const LIBRARIES = {
  own: () => import("./own.js"),
  videx: () => import("./videx.js"),
  uplot: () => import("./uplot.js"),
  echarts: () => import("./echarts.js"),
};

const PAN_STEPS = 60;
const PAN_MS_MAX = 20_000; // a library that takes seconds a frame is not watched for an hour
const WINDOW = 0.2; // of the depth range
const STEP = 0.1; // of the window

const frame = () => new Promise(requestAnimationFrame);

/** Whether any canvas shows coloured lines. */
function isPainted(host) {
  const small = document.createElement("canvas");
  small.width = small.height = 64;
  const context = small.getContext("2d", { willReadFrequently: true });
  for (const canvas of host.querySelectorAll("canvas")) {
    if (canvas.width < 100 || canvas.height < 100) continue;
    context.clearRect(0, 0, 64, 64);
    context.drawImage(canvas, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    let inked = 0;
    for (let i = 0; i < data.length; i += 4) {
      const rgb = data.subarray(i, i + 3);
      if (data[i + 3] > 0 && Math.max(...rgb) - Math.min(...rgb) > 40) ++inked;
    }
    if (inked > 20) return true;
  }
  return false;
}

async function firstPaint(host, mount) {
  window.gc?.(); // the data's own garbage is nobody's cost
  await frame();
  performance.mark("bench-start");
  const start = performance.now();
  const plot = await mount();
  for (;;) {
    await frame();
    await frame(); // the one before this is on the screen
    const now = performance.now();
    if (isPainted(host)) {
      performance.mark("bench-painted");
      return { plot, paintMs: now - start };
    }
  }
}

/** How long each frame of panning took, from one to the next. */
async function pan(plot, first, last) {
  const span = (last - first) * WINDOW;
  plot.show(first + span, first + 2 * span);
  for (let i = 0; i < 3; ++i) await frame();
  const frames = [];
  const begin = performance.now();
  let top = first + span;
  let direction = 1;
  let before = await frame();
  for (let i = 0; i < PAN_STEPS && (performance.now() - begin < PAN_MS_MAX || i < 3); ++i) {
    if (top + span * (1 + STEP) > last || top - span * STEP < first) direction = -direction;
    top += direction * span * STEP;
    plot.show(top, top + span);
    const now = await frame();
    frames.push(now - before);
    before = now;
  }
  return frames.sort((a, b) => a - b);
}

async function run() {
  const query = new URLSearchParams(location.search);
  const host = document.getElementById("host");
  const log = makeLog(Number(query.get("rows")));
  const { prepare } = await LIBRARIES[query.get("lib")]();
  const mount = await prepare(host, log); // its data in the form it likes best; not timed
  const { plot, paintMs } = await firstPaint(host, mount);
  const frames = await pan(plot, log.DEPT[0], log.DEPT[log.DEPT.length - 1]);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(share * frames.length))];
  window.result = { paintMs, p50: at(0.5), p95: at(0.95), frames: frames.length };
}

run().catch((error) => {
  window.result = { error: String(error?.stack ?? error) };
});
