import { useEffect, useRef } from "preact/hooks";
import { type MessageKey, useTranslate } from "../i18n/translate";
import { useScene } from "../shared/context";
import { HelpIcon } from "../shared/icons";

const GUIDE = "https://pypi.org/project/legnext-widgets/";

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

/** One link to the guide (the package page), and the keys; opened by its button or by `?` outside of text fields. */
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
        <a href={GUIDE} target="_blank" rel="noopener noreferrer">
          {t("help.guide")}
        </a>
      </div>
    </details>
  );
}
