// Looks at what a plot's canvas really shows.

/**
 * How many pixels of `ink` the track shows between two shares of its height and of its width.
 * `mnemonic` names the curve whose head gives track and ink; `color` overrides the ink.
 */
export function inkPixels(plot, mnemonic, { rows = [0, 1], columns = [0, 1], color = null, tolerance = 48 } = {}) {
  return plot.evaluate(
    (figure, { mnemonic, rows, columns, color, tolerance }) => {
      const head = figure.querySelector(`[data-curve="${mnemonic}"]`);
      const track = head.closest("[data-track]").getBoundingClientRect();
      const canvas = figure.querySelector(".plot-stage canvas");
      const box = canvas.getBoundingClientRect();
      const ratio = canvas.width / box.width;
      const width = track.width * ratio;
      const x0 = Math.round((track.left - box.left) * ratio + columns[0] * width);
      const x1 = Math.round((track.left - box.left) * ratio + columns[1] * width);
      const y0 = Math.round(rows[0] * canvas.height);
      const y1 = Math.round(rows[1] * canvas.height);
      const { data } = canvas.getContext("2d").getImageData(x0, y0, Math.max(1, x1 - x0), Math.max(1, y1 - y0));
      const ink = color ?? head.dataset.ink;
      const want = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (want.every((channel, c) => Math.abs(channel - data[i + c]) <= tolerance)) ++count;
      return count;
    },
    { mnemonic, rows, columns, color, tolerance },
  );
}

/** The curves each track's head names, and how many pixels of each are on the canvas. */
export async function inkOfEveryCurve(plot) {
  const names = await plot.locator("[data-curve]").evaluateAll((heads) => heads.map((head) => head.dataset.curve));
  const counts = [];
  for (const name of names) counts.push([name, await inkPixels(plot, name)]);
  return counts;
}

/** Rows of the labelled depth ticks on the axis that have no grid line on the same row in some track. */
export function misalignedRows(plot) {
  return plot.evaluate((figure) => {
    const axis = figure.querySelector(".depth-axis canvas");
    const tracks = figure.querySelector(".plot-stage canvas");
    const offset = axis.getBoundingClientRect().top - tracks.getBoundingClientRect().top;
    if (offset !== 0 || axis.height !== tracks.height) return [`canvases differ: ${offset}`];
    const ratio = axis.width / axis.getBoundingClientRect().width;
    const ground = axis.getContext("2d").getImageData(1, 1, 1, 1).data;
    const differs = (data, at) => [0, 1, 2].some((c) => Math.abs(data[at + c] - ground[c]) > 12);
    const column = Math.round(axis.width - 6 * ratio); // only labelled ticks are this long
    const ticks = axis.getContext("2d").getImageData(column, 0, 1, axis.height).data;
    const rows = [];
    for (let y = 0; y < axis.height; ++y) if (differs(ticks, y * 4)) rows.push(y);
    const missing = [];
    for (const head of figure.querySelectorAll("[data-track]")) {
      const left = head.getBoundingClientRect().left - tracks.getBoundingClientRect().left;
      const x = Math.round((left + head.getBoundingClientRect().width * 0.955) * ratio);
      const data = tracks.getContext("2d").getImageData(x, 0, 1, tracks.height).data;
      for (const y of rows) if (!differs(data, y * 4)) missing.push(`track ${head.dataset.track} row ${y}`);
    }
    return rows.length >= 3 ? missing : [`only ${rows.length} depth ticks`];
  });
}
