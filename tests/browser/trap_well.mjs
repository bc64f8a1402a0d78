// A generated well with the traps of a log plot in known places: a one-sample spike, a gap, gas on own scales.

export const ROWS = 9048;
export const TOP = 1000;
export const STEP = 0.1524;

/** Positions of the traps as shares of the depth range. */
export const SPIKE = 0.25;
export const GAP = [0.4, 0.5];
export const GAS = [0.6, 0.7];

/** Reproducible noise, hard to compress, so that the artifact does not stay inline. */
function noise(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

function within([from, to], share) {
  return share >= from && share <= to;
}

export function trapWell(name, { descending = false, count = ROWS } = {}) {
  const random = noise(name.length * 7919 + 17);
  const rows = Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    const gas = within(GAS, share);
    return {
      DEPT: Number((TOP + i * STEP).toFixed(4)),
      GR: within(GAP, share) ? null : Number((75 + 40 * random()).toFixed(4)),
      RT: i === Math.round(SPIKE * (count - 1)) ? 1000 : Number((3 + random()).toFixed(4)),
      RHOB: Number(((gas ? 2.05 : 2.55) + 0.02 * random()).toFixed(5)),
      NPHI: Number(((gas ? 0.05 : 0.25) + 0.01 * random()).toFixed(5)),
      DT: Number((90 + 10 * random()).toFixed(4)),
    };
  });
  if (descending) rows.reverse();
  const curve = (mnemonic, unit, min, max, color, more = {}) => ({
    ...{ mnemonic, unit, min, max, scale: "linear", color, fill: null },
    ...more,
  });
  const log = { scale: "log" };
  return {
    type: "logPlotViewer",
    messageContentType: "log_plot_viewer",
    wellName: name,
    synthetic: true,
    tracks: [
      { title: "Gamma ray", curves: [curve("GR", "gAPI", 0, 150, "#2e7d32")], crossover: null },
      { title: "Resistivity", curves: [curve("RT", "ohm.m", 0.2, 2000, "#c62828", log)], crossover: null },
      {
        title: "Density and neutron",
        curves: [curve("RHOB", "g/cm3", 1.95, 2.95, "#b71c1c"), curve("NPHI", "v/v", 0.45, -0.15, "#1565c0")],
        crossover: { left: "RHOB", right: "NPHI" },
      },
      { title: "Sonic", curves: [curve("DT", "us/ft", 240, 40, "#6a1b9a"), curve("XYZ", "", 0, 1, "#000000")] },
    ],
    logData: Object.fromEntries(Object.keys(rows[0]).map((key) => [key, rows.map((row) => row[key])])),
    index: { mnemonic: "DEPT", unit: "m" },
    units: { GR: "gAPI", RT: "ohm.m", RHOB: "g/cm3", NPHI: "v/v", DT: "us/ft" },
    summary: {
      totalDataPoints: count,
      curveCount: 5,
      startDepth: TOP,
      stopDepth: TOP + (count - 1) * STEP,
      step: STEP,
    },
  };
}
