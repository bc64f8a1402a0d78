// Builds the bench page: the plot's own source with the viewer's React, beside the other libraries.
import { fileURLToPath } from "node:url";
import { defineConfig } from "../../web/node_modules/vite/dist/node/index.js";
import react from "../../web/node_modules/@vitejs/plugin-react/dist/index.js";

const web = (path) => fileURLToPath(new URL(`../../web/${path}`, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^@spillway\/client$/, replacement: web("client/src/index.ts") },
      { find: /^@spillway\/client\/react$/, replacement: web("client/src/react/index.ts") },
      { find: "@web", replacement: web("src") },
      { find: "react", replacement: web("node_modules/react") },
      { find: "react-dom", replacement: web("node_modules/react-dom") },
    ],
  },
  build: { outDir: web("../build/bench-viewer"), emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 5000 },
});
