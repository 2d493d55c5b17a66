// Bundles the pages of the harnesses into the folder that is given: `node build.mjs FOLDER`.
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const hosts = dirname(here);
const require = createRequire(join(hosts, "../../js/package.json"));
const esbuild = require("esbuild");
const [folder] = process.argv.slice(2);

await mkdir(folder, { recursive: true });
await esbuild.build({
  entryPoints: ["vscode_host", "vscode_webview", "colab_notebook", "colab_frame"].map((name) =>
    join(here, `${name}.js`),
  ),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: folder,
  logLevel: "error",
  // Styles of widgets ask webpack for these; no page here shows icons.
  loader: { ".svg": "dataurl", ".woff": "empty", ".woff2": "empty", ".ttf": "empty", ".eot": "empty" },
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  plugins: [
    {
      name: "webpack's ~",
      setup(build) {
        build.onResolve({ filter: /^~/ }, ({ path, resolveDir, kind }) =>
          build.resolve(path.slice(1), { resolveDir, kind }),
        );
      },
    },
  ],
});
for (const name of ["vscode_host", "vscode_webview", "colab_notebook", "colab_frame"]) {
  await copyFile(join(here, `${name}.html`), join(folder, `${name}.html`));
}
const copies = {
  "ipywidgets7.js": "vscode/node_modules/@vscode/jupyter-ipywidgets7/dist/ipywidgets.js",
  "ipywidgets8.js": "vscode/node_modules/@vscode/jupyter-ipywidgets8/dist/ipywidgets.js",
  "require.js": "node_modules/requirejs/require.js",
};
for (const [name, path] of Object.entries(copies)) {
  await copyFile(join(hosts, path), join(folder, name));
}
