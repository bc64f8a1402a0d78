// The same six curves for every library: noise over slow waves, spikes, gaps; reproducible.

export const CURVES = ["GR", "RT", "RHOB", "NPHI", "DT", "CALI"];

const SHAPES = { GR: [75, 60], RT: [20, 15], RHOB: [2.4, 0.3], NPHI: [0.2, 0.15], DT: [100, 40], CALI: [9, 2] };

export const TRACKS = [
  {
    title: "Gamma ray",
    curves: [
      ["GR", 0, 150],
      ["CALI", 6, 16],
    ],
  },
  { title: "Resistivity", curves: [["RT", 0.2, 2000, "log"]] },
  {
    title: "Density and neutron",
    curves: [
      ["RHOB", 1.95, 2.95],
      ["NPHI", 0.45, -0.15],
    ],
  },
  { title: "Sonic", curves: [["DT", 240, 40]] },
];

export const COLORS = {
  GR: "#2e7d32",
  RT: "#c62828",
  RHOB: "#d32f2f",
  NPHI: "#1565c0",
  DT: "#7b1fa2",
  CALI: "#6d4c41",
};

/** Arrays as JSON.parse gives them: numbers and null. */
export function makeLog(rows) {
  let state = 7;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const log = { DEPT: Array.from({ length: rows }, (_, i) => Number((1000 + i * 0.1524).toFixed(4))) };
  for (const name of CURVES) {
    const [middle, swing] = SHAPES[name];
    log[name] = Array.from({ length: rows }, (_, i) => {
      if (i % 5000 > 4950) return null;
      const wave = Math.sin(i / 300 + middle) * 0.6 + noise() * 0.8;
      return Number((middle + swing * wave * (i % 3001 === 0 ? 1.4 : 1)).toFixed(4));
    });
  }
  return log;
}
