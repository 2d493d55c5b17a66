import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Field } from "../protocol/generated";
import { useElementId, useScene } from "./context";
import { WarningIcon } from "./icons";

type TextualField = "prompt" | "image_url" | "source_job_id" | "end_image_url" | "callback";

interface TextFieldProps {
  field: TextualField;
  label: string;
  hint?: string;
  placeholder?: string;
  problem?: string | undefined;
  multiline?: boolean;
  inputMode?: "url" | "text";
  aside?: ComponentChildren;
  /** Beside the one-line input, such as a button. */
  action?: ComponentChildren;
  describedBy?: string;
}

/** A labelled text input bound to a draft, with its hint and its problem. */
export function TextField(props: TextFieldProps) {
  const { session } = useScene();
  const id = useElementId();
  const element = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const value = session.drafts.field(props.field).value;

  // A value from the kernel must not move the caret to the end during typing.
  useLayoutEffect(() => {
    const input = element.current;
    if (!input || input.value === value) return;
    const { selectionStart, selectionEnd } = input;
    input.value = value;
    if (input.matches(":focus")) input.setSelectionRange(selectionStart, selectionEnd);
  }, [value]);

  const described = [
    props.problem ? `${id}-problem` : "",
    props.hint ? `${id}-hint` : "",
    props.describedBy ?? "",
  ]
    .filter(Boolean)
    .join(" ");
  const shared = {
    id,
    ref: element,
    class: "input",
    dir: props.inputMode === "url" ? ("ltr" as const) : ("auto" as const),
    "data-field": props.field,
    placeholder: props.placeholder,
    "aria-invalid": props.problem ? ("true" as const) : undefined,
    "aria-describedby": described || undefined,
    autoComplete: "off",
    onInput: (event: Event) => {
      const input = event.currentTarget as HTMLInputElement;
      session.drafts.type(props.field, input.value);
    },
  };
  return (
    <div class="field">
      <div class="label-line">
        <label class="label" for={id}>
          {props.label}
        </label>
        {props.aside}
      </div>
      <div class="input-line">
        {props.multiline ? (
          <textarea {...shared} rows={2} />
        ) : (
          <input {...shared} type="text" inputMode={props.inputMode} spellcheck={false} />
        )}
        {props.action}
      </div>
      <Problem id={`${id}-problem`} text={props.problem} />
      {props.hint && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

export function Problem({ id, text }: { id?: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <p class="problem" id={id}>
      <WarningIcon />
      <span dir="auto">{text}</span>
    </p>
  );
}

interface Segment<T> {
  value: T;
  label: string;
  icon?: ComponentChildren;
  title?: string;
}

interface SegmentsProps<T> {
  legend: string;
  field: Field;
  segments: readonly Segment<T>[];
  value: T;
  choose(value: T): void;
  hint?: string;
  problem?: string | undefined;
  large?: boolean;
}

/** One choice of a few, as native radio buttons: arrow keys and names come with them. */
export function Segments<T extends string | number>(props: SegmentsProps<T>) {
  const name = useElementId();
  return (
    <fieldset
      class={props.large ? "segments large" : "segments"}
      aria-describedby={
        [props.problem && `${name}-problem`, props.hint && `${name}-hint`]
          .filter(Boolean)
          .join(" ") || undefined
      }
    >
      <legend class="label">{props.legend}</legend>
      <div class="segments-row">
        {props.segments.map((segment) => (
          <label class="segment" key={segment.value} title={segment.title}>
            <input
              type="radio"
              name={name}
              data-field={props.field}
              checked={segment.value === props.value}
              aria-invalid={props.problem ? "true" : undefined}
              onChange={() => props.choose(segment.value)}
            />
            <span class="segment-face">
              {segment.icon}
              {segment.label}
            </span>
          </label>
        ))}
      </div>
      <Problem id={`${name}-problem`} text={props.problem} />
      {props.hint && (
        <p class="hint" id={`${name}-hint`}>
          {props.hint}
        </p>
      )}
    </fieldset>
  );
}

export function Toggle(props: {
  field: "raw" | "loop";
  label: string;
  hint: string;
  problem?: string | undefined;
}) {
  const { session } = useScene();
  const id = useElementId();
  return (
    <div class="toggle">
      <label class="toggle-line">
        <input
          type="checkbox"
          checked={session.drafts.field(props.field).value}
          aria-describedby={id}
          aria-invalid={props.problem ? "true" : undefined}
          onChange={(event) =>
            session.drafts.choose({ [props.field]: event.currentTarget.checked })
          }
        />
        <span class="toggle-label">{props.label}</span>
      </label>
      <p class="hint" id={id}>
        {props.hint}
      </p>
      <Problem text={props.problem} />
    </div>
  );
}
