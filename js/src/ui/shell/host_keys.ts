/**
 * Keeps the host's shortcuts off: a notebook must not delete a cell because someone typed "dd"
 * in a prompt, nor take the focus away from a button. The UI's own handlers sit below and have run.
 */
export function holdOffHost(root: HTMLElement): () => void {
  const hold = (event: Event) => event.stopPropagation();
  const kinds = ["keydown", "keypress", "keyup", "paste", "copy", "cut"];
  for (const kind of kinds) root.addEventListener(kind, hold);
  return () => {
    for (const kind of kinds) root.removeEventListener(kind, hold);
  };
}
