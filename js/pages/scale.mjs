// Scrolls through a library of 1,000 jobs and says what the page holds on the way.
//   node pages/scale.mjs          needs `node build.mjs --pages` and the media before
import { servePages } from "./serve.mjs";

const { address, browser, close } = await servePages();
const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
page.on("pageerror", (error) => console.log(String(error)));
const devtools = await page.context().newCDPSession(page);
await page.goto(`${address}?bare=1&state=many`, { waitUntil: "networkidle" });

async function figures() {
  await devtools.send("HeapProfiler.collectGarbage");
  const heap = await devtools.send("Runtime.getHeapUsage");
  const held = await page.evaluate(() => ({
    elements: document.querySelectorAll(".legnext-widgets *").length,
    cards: document.querySelectorAll(".card").length,
    videos: document.querySelectorAll("video").length,
    images: document.querySelectorAll(".clip img").length,
    loaded: window.session.jobs.state.value.byId.size,
  }));
  return { ...held, heapMB: Math.round(heap.usedSize / 1e5) / 10 };
}

const samples = [await figures()];
console.log(JSON.stringify(samples[0]));
let before = -1;
for (let step = 0; step < 4000; step += 1) {
  const y = await page.evaluate(() => {
    scrollBy(0, 1400);
    return scrollY;
  });
  await page.waitForTimeout(60);
  if (step % 60 === 59) samples.push(await figures());
  if (step % 60 === 59) console.log(JSON.stringify(samples.at(-1)));
  const { loaded } = samples.at(-1);
  if (y === before && loaded >= 1000) break;
  if (y === before) await page.waitForTimeout(250);
  before = y;
}
samples.push(await figures());
const most = (name) => Math.max(...samples.map((sample) => sample[name]));
console.log(
  `at the end ${JSON.stringify(samples.at(-1))}; most: ${most("elements")} elements, ` +
    `${most("cards")} cards, ${most("videos")} videos, ${most("heapMB")} MB of heap`,
);
await close();
