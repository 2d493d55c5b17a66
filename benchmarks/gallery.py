"""What the gallery holds in the browser while someone scrolls through a library of 4,000 clips.

Run it as `python -m benchmarks.gallery`. The gallery is the real one in Chromium, over a pretended
kernel with 1,000 jobs of four clips, which come page by page. Pass `--posters no` for clips that
were not kept and so have no posters: then a resting player shows the first picture of each.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from tests.support.chromium import start_chromium
from tests.ui.plain_page import PlainPage, serve_pages

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

JOBS = 1000
WIDTH = 1280
STEP_PX = 900
ROWS_AT = (0, 250, 500, 750, JOBS)
COUNTED = ("elements", "cards", "pictures", "resting players", "playing")

HELD = """() => {
  const root = document.querySelector(".legnext-widgets");
  const results = root.querySelector(".results");
  const videos = [...root.querySelectorAll("video")];
  const bottom = results.scrollTop + results.clientHeight;
  return {
    "jobs loaded": session.jobs.state.value.byId.size,
    elements: root.querySelectorAll("*").length,
    cards: root.querySelectorAll(".card").length,
    pictures: root.querySelectorAll("img").length,
    "resting players": videos.filter((video) => video.paused).length,
    playing: videos.filter((video) => !video.paused).length,
    "at the end": Number(bottom >= results.scrollHeight - 1),
  };
}"""
SCROLL = """(px) => new Promise((resolve) => {
  document.querySelector(".legnext-widgets .results").scrollBy(0, px);
  // One frame for what was scrolled to, and one for what that brings.
  requestAnimationFrame(() => requestAnimationFrame(resolve));
})"""
WITHOUT_POSTERS = """() => {
  const { answer } = kernel;
  kernel.answer = (message) => {
    if (message.media === "poster") {
      const error = { message: "This clip has no poster.", retry: false };
      kernel.tell({ type: "media", pull: message.pull, error });
    } else answer(message);
  };
}"""


def heap_mb(devtools: CDPSession) -> float:
    """Megabytes of JavaScript's heap after a collection."""
    devtools.send("HeapProfiler.collectGarbage")
    used: float = devtools.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def scroll_through(page: Page, devtools: CDPSession) -> list[list[str]]:
    """Scrolls to the last job; gives the rows of the table."""
    rows: list[list[str]] = []
    most = dict.fromkeys(COUNTED, 0)
    waiting = list(ROWS_AT)
    steps, began = 0, time.perf_counter()
    while True:
        held: dict[str, int] = page.evaluate(HELD)
        most = {name: max(most[name], held[name]) for name in COUNTED}
        finished = bool(held["at the end"]) and held["jobs loaded"] >= JOBS
        if waiting and held["jobs loaded"] >= waiting[0] and (len(waiting) > 1 or finished):
            del waiting[0]
            counts = [str(held[name]) for name in COUNTED]
            rows.append([f"{held['jobs loaded']:,}", *counts, f"{heap_mb(devtools):.1f} MB"])
        if finished:
            break
        page.evaluate(SCROLL, STEP_PX)
        steps += 1
    rows.append(["most at once", *(str(most[name]) for name in COUNTED), ""])
    milliseconds = (time.perf_counter() - began) / steps * 1000
    print(f"{steps} steps of {STEP_PX} pixels, {milliseconds:.0f} ms each")
    return rows


def main() -> None:
    """Scrolls to the end and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posters", choices=["yes", "no"], default="yes")
    posters = parser.parse_args().posters == "yes"
    with serve_pages() as address, start_chromium() as browser:
        plain = PlainPage(browser, address, WIDTH, still=False)
        plain.show("many")
        if not posters:
            plain.page.evaluate(WITHOUT_POSTERS)
        devtools = plain.page.context.new_cdp_session(plain.page)
        rows = scroll_through(plain.page, devtools)
    for row in [["jobs loaded", *COUNTED, "heap"], *rows]:
        print("  ".join(f"{cell:>15}" for cell in row))


if __name__ == "__main__":
    main()
