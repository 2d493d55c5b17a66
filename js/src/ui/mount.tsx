import { render } from "preact";
import type { Catalogs } from "./i18n/translate";
import type { Face } from "./protocol/generated";
import type { Session } from "./session";
import { App } from "./shell/app";
import "./index.css";

/** Render a session inside `el`; the returned function removes it. */
export function mount(
  el: HTMLElement,
  session: Session,
  face: Face,
  catalogs: Catalogs,
): () => void {
  const place = el.ownerDocument.createElement("div");
  // A box of ipywidgets asks for a width that only its children's content could give.
  el.classList.add("legnext-host");
  el.append(place);
  render(<App session={session} face={face} catalogs={catalogs} />, place);
  return () => {
    session.drafts.flush();
    render(null, place);
    place.remove();
    el.classList.remove("legnext-host");
  };
}
