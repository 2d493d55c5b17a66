const MARGIN_PX = 16;
const MIN_PX = 200;
const STEPS = Array.from({ length: 101 }, (_, at) => at / 100);

/**
 * In a frame that is taller than the screen (Colab makes outputs so) the middle of the viewport
 * may be out of sight: then the dialog opens near its opener, until it is known what is in sight.
 */
export function placeDialog(dialog: HTMLElement, opener: Element): void {
  const { innerHeight, screen } = window;
  if (screen.availHeight <= 0 || innerHeight <= screen.availHeight) return;
  const lowest = innerHeight - dialog.offsetHeight - MARGIN_PX;
  const top = Math.min(opener.getBoundingClientRect().top - 80, lowest);
  dialog.style.marginBlock = `${Math.max(MARGIN_PX, top)}px auto`;
}

/**
 * Keep a dialog within the visible part of its frame, which the page around it may cut or scroll.
 *
 * @param probe Covers the frame; the browser reports which part of it is in sight.
 * @returns What ends that.
 */
export function keepInSight(dialog: HTMLElement | null, probe: HTMLElement | null) {
  if (!dialog || !probe || typeof IntersectionObserver === "undefined") return undefined;
  const observer = new IntersectionObserver(
    (entries) => {
      const entry = entries.at(-1);
      if (!entry) return;
      const { boundingClientRect: frame, intersectionRect: seen } = entry;
      if (seen.height < MIN_PX || seen.height > frame.height - 1) return;
      const room = seen.height - 2 * MARGIN_PX;
      dialog.style.maxBlockSize = `${room}px`;
      const rest = Math.max(0, room - dialog.offsetHeight) / 2;
      dialog.style.marginBlock = `${seen.top - frame.top + MARGIN_PX + rest}px auto`;
    },
    { threshold: STEPS },
  );
  observer.observe(probe);
  return () => observer.disconnect();
}
