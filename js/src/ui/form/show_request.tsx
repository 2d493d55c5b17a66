import { useEffect, useRef, useState } from "preact/hooks";
import { localize } from "../i18n/localize";
import { useTranslate } from "../i18n/translate";
import { copyText } from "../media/clipboard";
import type { DescribedMessage } from "../protocol/generated";
import { useElementId, useScene } from "../shared/context";
import { Problem } from "../shared/field";
import { CheckIcon, ChevronIcon, CopyIcon } from "../shared/icons";

const TYPING_PAUSE_MS = 250;
const FORMS = ["json", "curl", "python"] as const;
type Form = (typeof FORMS)[number];

/** The request that Generate would send, as the kernel builds it. */
export function ShowRequest() {
  const t = useTranslate();
  const [open, setOpen] = useState(false);
  return (
    <details
      class="more request"
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <ChevronIcon />
        {t("request.show")}
      </summary>
      {open && <Request />}
    </details>
  );
}

function usePreview(): DescribedMessage | null {
  const { session } = useScene();
  const [described, setDescribed] = useState<DescribedMessage | null>(null);
  const several = session.batchDraft.on.value;
  const prompts = several ? session.batchDraft.expansion.value.prompts : null;
  const inputs = session.drafts.all();
  const wanted = JSON.stringify([inputs, prompts]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `wanted` stands for what is described
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      session.describe(prompts).then(
        (answer) => current && setDescribed(answer),
        // Closed meanwhile: nothing to show.
        () => undefined,
      );
    }, TYPING_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted, session]);
  return described;
}

function Request() {
  const t = useTranslate();
  const id = useElementId();
  const described = usePreview();
  const [form, setForm] = useState<Form>("json");
  const tabs = useRef<HTMLDivElement>(null);

  function onKeyDown(event: KeyboardEvent) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = (FORMS.indexOf(form) + by + FORMS.length) % FORMS.length;
    setForm(FORMS[at] ?? "json");
    tabs.current?.querySelectorAll<HTMLElement>("[role=tab]")[at]?.focus();
  }

  if (!described) return <p class="hint">{t("request.asking")}</p>;
  if (described.problem) return <Problem text={localize(described.problem, t)} />;
  return (
    <div class="request-body">
      <p class="hint">
        {t("request.explained")}{" "}
        {described.requests > 1 && t("request.first", { count: described.requests })}
      </p>
      <div class="code">
        <div class="code-head">
          <div
            ref={tabs}
            class="tabs"
            role="tablist"
            aria-label={t("request.tabs")}
            onKeyDown={onKeyDown}
          >
            {FORMS.map((name) => (
              <button
                key={name}
                type="button"
                role="tab"
                id={`${id}-${name}`}
                class="tab"
                aria-selected={name === form}
                aria-controls={`${id}-panel`}
                tabIndex={name === form ? 0 : -1}
                onClick={() => setForm(name)}
              >
                {t(`request.${name}`)}
              </button>
            ))}
          </div>
        </div>
        <Code
          key={form}
          id={`${id}-panel`}
          labelledBy={`${id}-${form}`}
          name={t(`request.${form}`)}
          text={described[form]}
        />
      </div>
    </div>
  );
}

interface CodeProps {
  id: string;
  labelledBy: string;
  name: string;
  text: string;
}

function Code({ id, labelledBy, name, text }: CodeProps) {
  const { view } = useScene();
  const t = useTranslate();
  const code = useRef<HTMLPreElement>(null);
  const [state, setState] = useState<"idle" | "copied" | "by-hand">("idle");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another text was not copied yet
  useEffect(() => setState("idle"), [text]);

  async function copy() {
    const element = code.current;
    if (!element?.parentElement) return;
    const copied = await copyText(text, element.parentElement);
    if (!copied) getSelection()?.selectAllChildren(element);
    setState(copied ? "copied" : "by-hand");
    view.announcement.value = copied ? t("request.copied") : t("request.copy_by_hand");
  }

  return (
    <div role="tabpanel" id={id} aria-labelledby={labelledBy}>
      <button
        type="button"
        class="link-button code-copy"
        aria-label={t("request.copy_of", { name })}
        onClick={copy}
      >
        {state === "copied" ? <CheckIcon /> : <CopyIcon />}
        {state === "copied" ? t("request.copied") : t("request.copy")}
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre ref={code} class="code-text" dir="ltr" tabIndex={0}>
        {text}
      </pre>
      {state === "by-hand" && <p class="hint by-hand-hint">{t("request.copy_by_hand")}</p>}
    </div>
  );
}
