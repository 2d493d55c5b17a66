import { KeyForm } from "../form/key_form";
import { useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { useScene } from "../shared/context";
import { FlaskIcon, Mark, WarningIcon } from "../shared/icons";
import { Help } from "./help";

export function Header({ face }: { face: Face }) {
  const { session } = useScene();
  const t = useTranslate();
  const service = session.service.value;
  const speed = service.speed !== 1 ? ` · ${t("sandbox.speed", { speed: service.speed })}` : "";
  return (
    <header class="header">
      <div class="header-line">
        <Mark />
        <h2 class="header-title">
          {face === "studio" ? t("studio.title") : t("studio.gallery_title")}
        </h2>
        <span class="spacer" />
        {service.sandbox ? (
          <span class="badge badge-sandbox">
            <FlaskIcon />
            {t("sandbox.badge")}
            <span class="badge-more">{speed}</span>
          </span>
        ) : (
          service.host && (
            <span class="header-host" title={t("service.connected", { host: service.host })}>
              {service.host}
            </span>
          )
        )}
        <Help />
      </div>
      {service.sandbox && face === "studio" && (
        <div class="strip strip-sandbox">
          <p dir="auto">
            {t("sandbox.explained")}
            {service.note ? ` ${service.note}` : ""}
          </p>
          {!service.has_key && !service.gateway && <KeyForm open={false} />}
        </div>
      )}
      {!service.sandbox && !service.has_key && !service.gateway && face === "studio" && (
        <>
          <p class="strip strip-warning">
            <WarningIcon />
            <span>
              <strong>{t("service.no_key")}</strong> {t("service.no_key_next")}
            </span>
          </p>
          <div class="strip">
            <KeyForm open />
          </div>
        </>
      )}
      {face === "studio" && <ClassStrip />}
      <ConnectionStrip />
    </header>
  );
}

/** The state of a student's class: how busy it is, and whether the teacher has stopped it. */
function ClassStrip() {
  const { session } = useScene();
  const t = useTranslate();
  const { classroom } = session.account.value;
  const held = classroom?.blocked
    ? "class.blocked"
    : classroom?.stopped
      ? "class.stopped"
      : classroom?.held_up
        ? "class.held_up"
        : null;
  return (
    <div role="status">
      {held && (
        <p class="strip strip-warning class-held">
          <WarningIcon />
          <span>{t(held)}</span>
        </p>
      )}
      {classroom && (
        <p class="strip class-line" aria-live="off">
          <span>
            {t("class.state", { running: classroom.running, waiting: classroom.waiting })}
          </span>
        </p>
      )}
    </div>
  );
}

function ConnectionStrip() {
  const { session } = useScene();
  const t = useTranslate();
  const connection = session.connection.value;
  const unanswered = session.click.value?.state === "unanswered";
  const text =
    connection === "lost"
      ? `${t("connection.lost")} ${t("connection.lost_copy")}`
      : unanswered
        ? t("connection.unanswered")
        : t("connection.slow");
  return (
    <div role="status">
      {connection !== "ok" && (
        <p class="strip strip-warning">
          <WarningIcon />
          <span>{text}</span>
          {unanswered && (
            <button type="button" class="link-button" onClick={() => session.resendClick()}>
              {t("connection.ask_again")}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
