import type { Job } from "../contract";
import { useWords } from "../words/words";
import { useScene } from "./context";
import { ReuseIcon } from "./icons";
import { inputsOf } from "./reuse";

export function ReuseButton({ job, title }: { job: Job; title: string }) {
  const { session, view } = useScene();
  const words = useWords();
  const inputs = inputsOf(job);
  if (!inputs) return null;
  return (
    <button
      type="button"
      class="icon-button"
      title={words.queue.useAgain}
      aria-label={words.queue.useAgainFor(title)}
      onClick={() => {
        session.drafts.choose(inputs);
        view.focusPrompt.value += 1;
      }}
    >
      <ReuseIcon />
    </button>
  );
}
