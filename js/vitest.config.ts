import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:8888/" } },
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    // What takes a moment on a quiet machine takes many on a busy one.
    testTimeout: 60_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
