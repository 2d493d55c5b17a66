/** The mime type of a widget's view. */
export const WIDGET = "application/vnd.jupyter.widget-view+json";

/** Show an output that is no widget: HTML first, then text. */
export function showPlain(output, place) {
  const { data = {} } = output;
  if (data["text/html"] !== undefined) {
    place.innerHTML = whole(data["text/html"]);
    return;
  }
  const text = document.createElement("pre");
  text.textContent = whole(output.text ?? output.traceback ?? data["text/plain"] ?? "");
  place.replaceChildren(text);
}

const whole = (text) => (Array.isArray(text) ? text.join("") : text);

/** The place of an output, made when it is first asked for. */
export function placeOf(parent, cell, number) {
  const id = `output-${cell}-${number}`;
  const known = document.getElementById(id);
  if (known) return known;
  const place = document.createElement("div");
  place.id = id;
  place.dataset.cell = String(cell);
  parent.append(place);
  return place;
}
