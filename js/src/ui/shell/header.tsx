import { KeyForm } from "../form/key_form";
import { useWords } from "../i18n/translate";
import { useScene } from "../shared/context";
import type { Face } from "../shared/face";
import { FlaskIcon, Mark, WarningIcon } from "../shared/icons";

export function Header({ face }: { face: Face }) {
  const { session } = useScene();
  const words = useWords();
  const service = session.service.value;
  const speed = service.speed !== 1 ? ` · ${words.sandbox.speed(service.speed)}` : "";
  return (
    <header class="header">
      <div class="header-line">
        <Mark />
        <h2 class="header-title">
          {face === "studio" ? words.studio.title : words.studio.galleryTitle}
        </h2>
        <span class="spacer" />
        {service.sandbox ? (
          <span class="badge badge-sandbox">
            <FlaskIcon />
            {words.sandbox.badge}
            {speed}
          </span>
        ) : (
          service.host && (
            <span class="header-host" title={words.service.connected(service.host)}>
              {service.host}
            </span>
          )
        )}
      </div>
      {service.sandbox && face === "studio" && (
        <div class="strip strip-sandbox">
          <p dir="auto">
            {words.sandbox.explained}
            {service.note ? ` ${service.note}` : ""}
          </p>
          {!service.hasKey && <KeyForm open={false} />}
        </div>
      )}
      {!service.sandbox && !service.hasKey && face === "studio" && (
        <>
          <p class="strip strip-warning">
            <WarningIcon />
            <span>
              <strong>{words.service.noKey}.</strong> {words.service.noKeyNext}
            </span>
          </p>
          <div class="strip">
            <KeyForm open />
          </div>
        </>
      )}
      <ConnectionStrip />
    </header>
  );
}

function ConnectionStrip() {
  const { session } = useScene();
  const words = useWords();
  const connection = session.connection.value;
  const unanswered = session.click.value?.state === "unanswered";
  const text =
    connection === "gone"
      ? `${words.connection.gone} ${words.connection.goneCopy}`
      : unanswered
        ? words.connection.unanswered
        : words.connection.quiet;
  return (
    <div role="status">
      {connection !== "well" && (
        <p class="strip strip-warning">
          <WarningIcon />
          <span>{text}</span>
          {unanswered && (
            <button type="button" class="link-button" onClick={() => session.repeatClick()}>
              {words.connection.askAgain}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
