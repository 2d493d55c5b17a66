/** Waiting for conditions in the plain page, never for a time. */

const PATIENCE_MS = 60_000;
const moment = () => new Promise((ready) => setTimeout(ready, 8));

/** Wait for the first value that is neither false nor missing. */
export async function until<T>(find: () => T | null | undefined | false): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = find();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited in vain: ${find}`);
    await moment();
  }
}

/** Wait until all media in `root` have loaded or failed and everything is rendered. */
export async function settled(root: HTMLElement): Promise<void> {
  await rendered();
  await until(() => !isLoading(root));
  await rendered();
  // After a failure, another source may be loading.
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

/** A tile in sight that shows nothing yet: media are fetched a moment after scrolling. */
function isEmpty(tile: Element): boolean {
  const { top, bottom, height } = tile.getBoundingClientRect();
  const inSight = height > 0 && bottom > 0 && top < innerHeight;
  return inSight && !tile.querySelector("video, img, .not-loaded, .tile-note:not(:has(.spinner))");
}
