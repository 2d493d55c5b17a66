"""The loader's line is readable in every host: it is the only text when something fails."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

import pytest

from legnext_widgets.widgets.notebook.bundle import LOADER

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A model without a kernel, in a page as the host draws it.
PAGE = """<!doctype html><html {root}><head><meta charset="utf-8"><style>{style}</style></head>
<body {body}><div class="output"><div id="place"></div></div><script type="module">
const bytes = Uint8Array.from(atob("{loader}"), (letter) => letter.charCodeAt(0));
const source = new Blob([bytes], {{type: "text/javascript"}});
const made = await import(URL.createObjectURL(source));
const model = {{
  get: () => undefined, set: () => {{}}, save_changes: () => {{}}, on: () => {{}}, off: () => {{}},
  send: () => {{ throw new Error("no kernel"); }},
}};
made.default().render({{model, el: document.getElementById("place")}});
</script></body></html>"""

# What a person sees: the colour of the text on the first background that is painted below it.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => rgba(colour).slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const line = document.querySelector(".legnext-loading");
  const covers = (element) => rgba(getComputedStyle(element).backgroundColor)[3] === 255;
  let below = line;
  while (below && !covers(below)) below = below.parentElement;
  const [text, ground] = [
    luminance(getComputedStyle(line).color),
    luminance(below ? getComputedStyle(below).backgroundColor : "white"),
  ];
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""

READABLE = 4.5

GREY = "color: #cccccc"
WHITE_BELOW = ".output { background: white }"
HOSTS = {
    "VS Code dark, white below": ("", 'class="vscode-dark"', f"body {{ {GREY} }} {WHITE_BELOW}"),
    "VS Code high contrast": ("", 'class="vscode-high-contrast"', "body { color: white }"),
    "VS Code light": ("", 'class="vscode-light"', "body { color: #3b3b3b }"),
    "JupyterLab dark": ("", 'data-jp-theme-light="false"', f"body {{ {GREY}; background: #111 }}"),
    "JupyterLab light": ("", 'data-jp-theme-light="true"', ""),
    "Colab dark": ('theme="dark"', "", f"body {{ {GREY}; background: #383838 }}"),
    "no sign of a theme": ("", "", "body { color: #eee }"),
}


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_line_of_the_loader_has_contrast_in_every_host(
    browser: Browser, system: Literal["light", "dark"], forced: Literal["none", "active"]
) -> None:
    loader = base64.b64encode(LOADER.read_bytes()).decode()
    page = browser.new_page(color_scheme=system, forced_colors=forced)
    page.clock.install()
    found = {}
    for host, (root, body, style) in HOSTS.items():
        page.set_content(PAGE.format(root=root, body=body, style=style, loader=loader))
        page.locator(".legnext-loading").wait_for(state="attached")
        page.clock.run_for(5_000)  # no answer comes
        page.get_by_role("status").filter(has_text="kernel").wait_for()
        found[host] = page.evaluate(CONTRAST)
    page.close()

    assert {host: contrast for host, contrast in found.items() if contrast < READABLE} == {}
