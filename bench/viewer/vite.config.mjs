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
    alias: { "@web": web("src"), react: web("node_modules/react"), "react-dom": web("node_modules/react-dom") },
  },
  build: { outDir: web("../build/bench-viewer"), emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 5000 },
});
