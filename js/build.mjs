// Bundles the front end into the Python package, or serves the plain page for development.
//   node build.mjs                 loader.js, widget.js, widget.css and the catalogs of all
//                                  languages into ../legnext_widgets/static
//   node build.mjs --serve [port]  the page of all scenes, rebuilt on every reload
//   node build.mjs --pages [dir]   the same page as files, for tests
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const staticFolder = resolve(here, "../legnext_widgets/static");
const pagesFolder = resolve(here, "../artifacts/pages");
/** The texts of the loader, which are part of it. */
const LOADER_TEXTS = "loading.json";
/** The module and its styles. */
const GZIPPED_LIMIT = 64 * 1024;
/** One language: a page gets the one that it shows. */
const CATALOG_LIMIT = 9 * 1024;
/** The loader stands in every saved notebook, as it is. */
const LOADER_LIMIT = 6 * 1024;

const shared = {
  bundle: true,
  format: "esm",
  // Modules are UTF-8 wherever they come from; escaped, the Chinese words would take twice as much.
  charset: "utf8",
  target: ["chrome111", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  absWorkingDir: here,
  logLevel: "warning",
};

const widget = {
  ...shared,
  entryPoints: { loader: "src/anywidget/loader.ts", widget: "src/anywidget/widget.ts" },
  outdir: staticFolder,
  minify: true,
  legalComments: "none",
};

const page = (outdir) => ({
  ...shared,
  entryPoints: { page: "pages/page.ts" },
  outdir,
  sourcemap: "inline",
});

async function buildPages(folder) {
  await mkdir(folder, { recursive: true });
  await esbuild.build(page(folder));
  await cp(join(here, "pages/index.html"), join(folder, "index.html"));
}

/** Each language in a file of its own, which travels only to pages that show it. */
async function writeCatalogs() {
  const [from, to] = [join(here, "src/ui/i18n"), join(staticFolder, "catalogs")];
  const names = await readdir(from);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const name of names) {
    if (!name.endsWith(".json") || name === LOADER_TEXTS) continue;
    const messages = JSON.parse(await readFile(join(from, name), "utf8"));
    await writeFile(join(to, name), JSON.stringify(messages));
  }
}

async function reportSize() {
  const loader = (await readFile(join(staticFolder, "loader.js"))).length;
  console.log(`loader.js: ${(loader / 1024).toFixed(1)} KB`);
  if (loader > LOADER_LIMIT) throw new Error(`the loader is over its limit: ${loader} bytes`);
  const gzipped = async (name) => {
    const bytes = gzipSync(await readFile(join(staticFolder, name))).length;
    console.log(`${name}: ${(bytes / 1024).toFixed(1)} KB gzipped`);
    return bytes;
  };
  const total = (await gzipped("widget.js")) + (await gzipped("widget.css"));
  if (total > GZIPPED_LIMIT)
    throw new Error(`the bundle is over its limit: ${total} bytes gzipped`);
  for (const name of await readdir(join(staticFolder, "catalogs"))) {
    const bytes = await gzipped(join("catalogs", name));
    if (bytes > CATALOG_LIMIT) throw new Error(`${name} is over its limit: ${bytes} bytes gzipped`);
  }
}

const [mode, argument] = process.argv.slice(2);
if (mode === "--serve") {
  await buildPages(pagesFolder);
  const context = await esbuild.context(page(pagesFolder));
  const port = Number(argument ?? 5178);
  const server = await context.serve({ servedir: pagesFolder, host: "127.0.0.1", port });
  console.log(`http://127.0.0.1:${server.port}/?scene=gallery`);
} else if (mode === "--pages") {
  await buildPages(argument ? resolve(argument) : pagesFolder);
} else {
  await mkdir(staticFolder, { recursive: true });
  await esbuild.build(widget);
  await writeCatalogs();
  await reportSize();
}
