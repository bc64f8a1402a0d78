// How the viewer is built and tested: hashed files in dist/assets, nothing inlined, so that a strict CSP holds.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  base: "./",
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^@spillway\/client$/, replacement: here("client/src/index.ts") },
      { find: /^@spillway\/client\/react$/, replacement: here("client/src/react/index.ts") },
    ],
  },
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"], setupFiles: ["test/setup.ts"] },
});
