import { useEffect, useRef } from "preact/hooks";
import { type MessageKey, useTranslate } from "../i18n/translate";
import { useScene } from "../shared/context";
import { HelpIcon } from "../shared/icons";

const SHORTCUTS: readonly (readonly [string, MessageKey])[] = [
  ["Ctrl ↵ / ⌘ ↵", "generate.label"],
  ["?", "help.keys"],
  ["← →", "help.step"],
  ["Space / K", "help.play"],
  [", .", "help.frame"],
  ["< >", "player.speed"],
  ["F", "marks.favourite"],
  ["X", "choose.key"],
  ["Esc", "viewer.close"],
];

/** How it works, the keys, and where the rest is described; opened by `?` outside of text fields. */
export function Help() {
  const { view } = useScene();
  const t = useTranslate();
  const place = useRef<HTMLDetailsElement>(null);
  const open = view.help.value;

  useEffect(() => {
    if (open) place.current?.querySelector<HTMLElement>("summary")?.focus();
  }, [open]);

  return (
    <details
      ref={place}
      class="help"
      open={open}
      onToggle={(event) => {
        view.help.value = event.currentTarget.open;
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !view.help.peek()) return;
        view.help.value = false;
        place.current?.querySelector<HTMLElement>("summary")?.focus();
      }}
    >
      <summary class="icon-button" aria-label={t("help.title")} title={`${t("help.title")} (?)`}>
        <HelpIcon />
      </summary>
      <div class="help-body">
        <p>{t("help.about")}</p>
        <dl class="keys">
          {SHORTCUTS.map(([keys, name]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{t(name)}</dd>
            </div>
          ))}
        </dl>
        <p class="hint">{t("help.python")}</p>
      </div>
    </details>
  );
}
