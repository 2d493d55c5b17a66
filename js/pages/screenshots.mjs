// Takes a picture of every state in both themes and three widths, and counts what axe finds.
//   node pages/screenshots.mjs [folder] [state,state… or all] [width,width…]
// Needs `node build.mjs --pages` and, for clips that show, `pages/make_media.py` before.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { servePages } from "./serve.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(here, "../screenshots"));
const only = process.argv[3] === "all" ? undefined : process.argv[3]?.split(",");
const widths = process.argv[4]?.split(",").map(Number) ?? [360, 720, 1200];
const { address, browser, close } = await servePages();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
await mkdir(folder, { recursive: true });

// Besides the fixtures themselves: a state, and what is done in it first.
const VARIANTS = {
  problems: ["problems", "&tried=1"],
  large: ["lineage", "&open=1"],
  largetall: ["alone", "&open=1"],
  request: ["account", "&press=Show request"],
  requestpython: ["account", "&press=Show request|.|.|Python"],
  key: ["empty", "&press=Use your API key"],
  several: [
    "account",
    "&several=A {red|blue} balloon rises%0AThe tide {comes in|goes out} at {dawn|dusk}",
  ],
  severalwrong: ["account", "&tried=1&several=%0A"],
  confirm: [
    "account",
    "&press=Generate&several=A {red|blue} balloon rises%0AThe tide {comes in|goes out} at {dawn|dusk}",
  ],
  list: ["list", "&press=List"],
  nothing: ["many", "&press=Favourites&find=zebra"],
  largespanish: ["spanish", "&open=1"],
  largechinese: ["chinese", "&open=1"],
  largecompare: ["gallery", "&open=1&press=Compare"],
};
let found = 0;

async function states() {
  const page = await browser.newPage();
  await page.goto(address);
  const names = await page.$$eval("#states a", (links) => links.map((link) => link.textContent));
  await page.close();
  const all = new Set([...names, ...Object.keys(VARIANTS)]);
  return [...all].filter((name) => !only || only.includes(name));
}

for (const name of await states()) {
  for (const theme of ["light", "dark"]) {
    for (const width of widths) {
      const page = await browser.newPage({
        viewport: { width, height: name.startsWith("large") ? 800 : 900 },
      });
      page.on("pageerror", (error) => console.log(`${name} ${theme} ${width}: ${error}`));
      const [state, more] = VARIANTS[name] ?? [name, ""];
      const query = `?bare=1&state=${state}&theme=${theme}${more}`;
      await page.goto(address + query, { waitUntil: "networkidle" });
      await page.waitForTimeout(900);
      await page.screenshot({
        path: join(folder, `${name}-${theme}-${width}.png`),
        fullPage: !/^(large|many|list|nothing)/.test(name),
      });
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
        const rules = { region: { enabled: false }, "page-has-heading-one": { enabled: false } };
        const report = await window.axe.run(".legnext-widgets", {
          runOnly: { type: "tag", values: tags },
          rules,
        });
        return report.violations.map(({ id, nodes }) => ({
          id,
          where: nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).slice(0, 3),
        }));
      });
      found += violations.length;
      if (violations.length > 0) {
        console.log(`${name} ${theme} ${width}: ${JSON.stringify(violations, null, 1)}`);
      }
      await page.close();
    }
  }
}
console.log(`axe: ${found} violations; pictures in ${folder}`);
await close();
process.exitCode = found > 0 ? 1 : 0;
