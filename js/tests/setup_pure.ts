/** The fixtures make links beside the page. Defined, as what is stubbed is gone after each test. */
Object.defineProperty(globalThis, "location", {
  value: new URL("http://localhost:8888/"),
  configurable: true,
});
