import { defineConfig } from "vitest/config";

/** Rooms without elements: their tests need no page, which takes half a second to make. */
const PURE = ["tests/{i18n,kernel,state,values}/*.test.ts"];

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  test: {
    css: false,
    // What takes a moment on a quiet machine takes many on a busy one.
    testTimeout: 60_000,
    // All files of a worker share one page and one load of the sources, which takes longer than most
    // tests. The setup files empty the page between tests, and take back what tests have changed.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          environment: "node",
          include: PURE,
          setupFiles: ["tests/setup_pure.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          environmentOptions: { jsdom: { url: "http://localhost:8888/" } },
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: PURE,
          setupFiles: ["tests/setup.ts"],
        },
      },
    ],
  },
});
