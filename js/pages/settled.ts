/** Waiting in the plain page for what is to be there, never for a time. */

const PATIENCE_MS = 60_000;
const moment = () => new Promise((ready) => setTimeout(ready, 8));

/** The first value that is neither false nor missing. */
export async function until<T>(find: () => T | null | undefined | false): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = find();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited in vain: ${find}`);
    await moment();
  }
}

/** All that loads in `root` has come or failed, and what was to be rendered is. */
export async function settled(root: HTMLElement): Promise<void> {
  await rendered();
  await until(() => !isLoading(root));
  await rendered();
  // What failed to load may have become another way to load it.
  await until(() => !isLoading(root));
}

async function rendered(): Promise<void> {
  // Effects run after a frame, and what they change is rendered after another.
  for (let turn = 0; turn < 3; turn += 1) await new Promise(requestAnimationFrame);
  await new Promise((ready) => setTimeout(ready));
}

function isLoading(root: HTMLElement): boolean {
  const images = [...root.querySelectorAll("img")];
  const videos = [...root.querySelectorAll("video")];
  return (
    images.some((image) => image.loading !== "lazy" && !image.complete) ||
    videos.some((video) => video.readyState < 2 && !video.error) ||
    [...root.querySelectorAll(".clip, .image-place, .stage")].some(isEmpty)
  );
}

/** A tile in sight that shows nothing yet: what is scrolled to is fetched a moment later. */
function isEmpty(tile: Element): boolean {
  const { top, bottom, height } = tile.getBoundingClientRect();
  const inSight = height > 0 && bottom > 0 && top < innerHeight;
  return inSight && !tile.querySelector("video, img, .trouble, .tile-note:not(:has(.spinner))");
}
