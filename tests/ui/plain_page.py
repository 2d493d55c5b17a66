"""The plain page of `js/pages`: built, served, and shown scene by scene."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PROJECT = Path(__file__).resolve().parents[2]
JS = PROJECT / "js"
PAGES = PROJECT / "artifacts" / "pages"
PICTURES = PROJECT / "artifacts" / "screenshots"
AXE = JS / "node_modules" / "axe-core" / "axe.min.js"

HEIGHT = 900
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""All of WCAG 2.2 AA that axe can see, and what its authors advise beyond."""

FIND_VIOLATIONS = """async (tags) => {
  // A widget is a part of a page: the page's own landmarks and first heading are the host's.
  const rules = { region: { enabled: false }, "page-has-heading-one": { enabled: false } };
  // What sticks to the window covers something at every scroll; a target is measured without it.
  const foot = document.querySelector(".legnext-widgets .controls-foot");
  foot?.style.setProperty("position", "static");
  const { violations } = await axe.run(".legnext-widgets", {
    runOnly: { type: "tag", values: tags },
    rules,
    resultTypes: ["violations"],
  });
  foot?.style.removeProperty("position");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} at ${target}: ${any[0]?.message ?? ""}`));
}"""

FIND_OVERFLOW = """() => [...document.querySelectorAll(".legnext-widgets, .legnext-widgets *")]
  .filter((element) => {
    const { right, left, width } = element.getBoundingClientRect();
    const hidden = element.closest(".sr-only, [hidden]");
    return width > 0 && !hidden && (right > innerWidth + 0.5 || left < -0.5);
  })
  .slice(0, 5)
  .map((element) => `${element.tagName.toLowerCase()}.${element.className} is wider than the page`)
"""


class PlainPage:
    """One open page, which shows one scene after the other.

    Args:
        browser: What to open it in.
        address: Where the page is served.
        width: Of the window, in CSS pixels.
        still: As for a person who asked for less motion, so that pictures and colours are final.
    """

    def __init__(self, browser: Browser, address: str, width: int, *, still: bool = True) -> None:
        self.errors: list[str] = []
        """What the page threw, whatever the scene."""
        self.width = width
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": HEIGHT},
            reduced_motion="reduce" if still else "no-preference",
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address}?bare=1")
        self._scenes: dict[str, dict[str, Any]] = self.page.evaluate("plain.scenes")
        self._has_axe = False

    @property
    def scenes(self) -> dict[str, dict[str, Any]]:
        """All scenes by their names."""
        return self._scenes

    def show(self, scene: str, theme: str = "light") -> None:
        """Puts a scene in place of the one before, and waits until it is all there."""
        height = self.scenes[scene].get("window", HEIGHT)
        if self.page.viewport_size != {"width": self.width, "height": height}:
            self.page.set_viewport_size({"width": self.width, "height": height})
        self.page.evaluate("wanted => plain.show(wanted)", {"scene": scene, "theme": theme})

    def violations(self) -> list[str]:
        """What axe finds in the scene as it stands."""
        if not self._has_axe:
            self.page.add_script_tag(path=AXE)
            self._has_axe = True
        found: list[str] = self.page.evaluate(FIND_VIOLATIONS, RULES)
        return found

    def overflow(self) -> list[str]:
        """What is wider than the window."""
        found: list[str] = self.page.evaluate(FIND_OVERFLOW)
        return found

    def take_picture(self, scene: str, theme: str) -> None:
        """Writes the scene as it stands into `artifacts/screenshots`."""
        whole = "window" not in self.scenes[scene]
        path = PICTURES / f"{scene}-{theme}-{self.width}.png"
        self.page.screenshot(path=path, full_page=whole, animations="disabled")


def build_pages() -> Path:
    """Builds the page; draws its stills and clips unless they were drawn by the same program."""
    node = shutil.which("node")
    assert node is not None, "Node.js is needed"
    subprocess.run([node, "build.mjs", "--pages", PAGES], cwd=JS, check=True)
    drawer = JS / "pages" / "make_media.py"
    stamp = PAGES / "media" / "drawer.sha256"
    digest = hashlib.sha256(drawer.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        subprocess.run([sys.executable, drawer, PAGES / "media"], check=True)
        stamp.write_text(digest)
    return PAGES


@contextmanager
def serve_pages() -> Iterator[str]:
    """Serves the built page on this machine; gives its address."""
    handler = partial(_Handler, directory=str(build_pages()))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="plain page")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing of each request."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        # A browser hangs up on a clip as soon as it has what it wants of it.
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:
            self.close_connection = True
