import { tell, useWords } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { CloseIcon } from "../shared/icons";

export function BatchProgress() {
  const { session, view } = useScene();
  const words = useWords();
  const id = useElementId();
  const batch = session.batch.value;
  const key = `batch/${batch?.click}`;
  if (!batch || view.dismissed.value.has(key)) return null;
  const running = batch.state === "running";
  const facts = [
    words.batch.sent(batch.sent, batch.total),
    words.batch.done(batch.done),
    batch.failed > 0 ? words.batch.failed(batch.failed) : "",
  ].filter(Boolean);
  const ended = batch.state === "stopped" ? words.batch.stopped : words.batch.finished;
  return (
    <section class="batch" aria-labelledby={id}>
      <div class="section-head">
        <h3 id={id}>{words.batch.title}</h3>
        <span class="section-note">{facts.join(" · ")}</span>
        <span class="spacer" />
        {running ? (
          <button
            type="button"
            class="button small"
            title={words.batch.stopHint}
            onClick={() => session.stopBatch()}
          >
            {words.batch.stop}
          </button>
        ) : (
          <button
            type="button"
            class="icon-button"
            aria-label={`${words.generate.dismiss}: ${words.batch.title}`}
            onClick={() => view.dismiss(key)}
          >
            <CloseIcon />
          </button>
        )}
      </div>
      <div
        class="progress two"
        role="progressbar"
        aria-label={words.batch.title}
        aria-valuemin={0}
        aria-valuemax={batch.total}
        aria-valuenow={batch.done}
      >
        <span class="sent" style={{ inlineSize: `${(batch.sent / batch.total) * 100}%` }} />
        <span style={{ inlineSize: `${(batch.done / batch.total) * 100}%` }} />
      </div>
      <p class="hint" role="status">
        {running ? "" : [ended, tell(batch.reason, words)].join(" ").trim()}
      </p>
    </section>
  );
}
