/**
 * In a frame that is taller than the screen (Colab makes outputs so) the middle of the viewport
 * may be out of sight: then a dialog goes where the person pressed.
 */
export function placeDialog(dialog: HTMLElement, opener: Element): void {
  const { innerHeight, screen } = window;
  if (screen.availHeight <= 0 || innerHeight <= screen.availHeight) return;
  const lowest = innerHeight - dialog.offsetHeight - 16;
  const top = Math.min(opener.getBoundingClientRect().top - 80, lowest);
  dialog.style.marginBlock = `${Math.max(16, top)}px auto`;
}
