// Makes the catalogs of messages small in the bundle: a key that the sources write out becomes a
// number, in the sources and in English alike; Spanish and Chinese come without keys, in order.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** Keys that the sources put together from parts, so that they must stay as they are. */
const COMPOSED =
  /^(status|kind|untitled|problems|problem_with)\.|^request\.(json|curl|python)$|^gallery\.(small|medium|large)$|^options\.(auto|low|high)$/;

const isMessage = (node) => typeof node === "string" || "other" in node;

/** Keys and messages of a catalog, in the order of another one's keys. */
function flatten(order, catalog, path = "") {
  return Object.entries(order).flatMap(([name, node]) => {
    const key = path + name;
    return isMessage(node) ? [[key, catalog[name]]] : flatten(node, catalog[name], `${key}.`);
  });
}

export function catalogs(folder) {
  const read = async (name) => JSON.parse(await readFile(join(folder, name), "utf8"));
  return {
    name: "catalogs",
    async setup(build) {
      const { kernel: ownKernel, ...english } = await read("en.json");
      const { kernel } = await read("es.json");
      const codes = Object.keys(kernel);
      const entries = flatten(english, english);
      // Not digits alone: an object would put such keys first.
      const short = new Map(
        entries.map(([key], at) => [key, COMPOSED.test(key) ? key : `$${at.toString(36)}`]),
      );

      build.onLoad({ filter: /src[\\/]ui[\\/].*\.tsx?$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const contents = source.replace(/"([a-z_]+(?:\.[a-z_]+)+)"/g, (literal, key) =>
          short.has(key) ? JSON.stringify(short.get(key)) : literal,
        );
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
      });

      build.onLoad({ filter: /i18n[\\/](en|es|zh-CN)\.json$/ }, async ({ path }) => {
        const catalog = await read(basename(path));
        if (path.endsWith("en.json")) {
          const flat = Object.fromEntries(entries.map(([key, text]) => [short.get(key), text]));
          const all = JSON.stringify({ ...flat, kernel: ownKernel });
          const contents = `export const codes = ${JSON.stringify(codes)};\nexport default ${all};`;
          return { contents, loader: "js" };
        }
        const messages = flatten(english, catalog).map(([, text]) => text);
        const ofKernel = codes.map((code) => catalog.kernel[code]);
        const contents = `
          import english, { codes } from "./en.json";
          import { withKeys } from "./positional";
          export default {
            ...withKeys(Object.keys(english).filter((key) => key !== "kernel"), ${JSON.stringify(messages)}),
            kernel: withKeys(codes, ${JSON.stringify(ofKernel)}),
          };`;
        return { contents, loader: "js" };
      });
    },
  };
}
