import { useWords } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { TextField } from "../shared/field";
import { codePoints, compose } from "../state/prompt";

const NEAR_THE_LIMIT = 0.9;

export function PromptField({ problem }: { problem: string | undefined }) {
  const { session } = useScene();
  const words = useWords();
  const id = useElementId();
  const source = session.drafts.field("source").value;
  const used = codePoints(compose(session.drafts.all()));
  const limit = session.config.value.promptLimit;
  const level = used > limit ? "over" : used > limit * NEAR_THE_LIMIT ? "near" : "well";
  const placeholder = {
    image_url: words.prompt.placeholder,
    image_job: words.prompt.placeholderOptional,
    text: words.prompt.placeholderText,
  }[source];
  return (
    <TextField
      field="prompt"
      label={words.prompt.label}
      placeholder={placeholder}
      problem={problem}
      multiline
      describedBy={id}
      aside={
        <span class="count" data-level={level} title={words.prompt.countSpoken(used, limit)}>
          <span aria-hidden="true">{words.prompt.count(used, limit)}</span>
          <span class="sr-only" id={id}>
            {words.prompt.countSpoken(used, limit)}
          </span>
        </span>
      }
    />
  );
}
