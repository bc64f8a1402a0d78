// How the viewer is built and tested: hashed files in dist/assets, nothing inlined, so that a strict CSP holds.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"] },
});
