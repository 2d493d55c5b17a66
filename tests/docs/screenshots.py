"""Retake the screenshots of the documentation in a real JupyterLab: `./dev docs --screenshots`.

The script operates a studio on the sandbox like a user and captures it at fixed points.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect

from tests.browser.jupyterlab import JupyterLab
from tests.browser.main_job import THEMES
from tests.browser.notebook_page import NotebookPage, write_notebook
from tests.browser.studio_page import StudioPage
from tests.support.chromium import start_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

PROJECT = Path(__file__).resolve().parents[2]
SHOWN = PROJECT / "docs" / "images"
TAKEN = PROJECT / "artifacts" / "docs"

NAMES = ("form", "queue", "gallery-light", "gallery-dark", "large", "request", "batch")
WIDEST = 1400
TALLEST = 1110
ROOM_FOR_LABEL = 40
LARGEST = 150_000
"""Bytes per picture, so that pages load quickly and the repository stays small."""

STUDIO = "import legnext_widgets as lw\n\nstudio = lw.VideoStudio()\nstudio"
WORDS = {
    "Lighthouse": "slow push in, the beam sweeps the sea",
    "Balloons at dawn": "the balloons rise and drift apart",
    "Mountain lake": "mist moves over the water, first light",
}
SEVERAL = "The beam {sweeps the sea|lights the clouds}\nA storm rolls in, waves break {slowly|hard}"
WAIT = 240_000
"""Milliseconds in which the sandbox renders all clips on a busy machine."""


def main() -> int:
    """Take all screenshots and write them to the documentation.

    Returns:
        The exit code: 1 if a picture is too large even at the lowest quality.
    """
    TAKEN.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="legnext-docs-", ignore_cleanup_errors=True) as home:
        lab = JupyterLab(Path(home))
        with lab, start_chromium() as browser:
            take_all(browser, lab)
    sizes = {name: shrink(TAKEN / f"{name}.png", SHOWN / f"{name}.webp") for name in NAMES}
    for name, size in sizes.items():
        print(f"{SHOWN / name}.webp: {size // 1000} KB")
    return int(max(sizes.values()) > LARGEST)


def take_all(browser: Browser, lab: JupyterLab) -> None:
    """Operate a studio from the empty form to a batch, and take screenshots on the way."""
    name = write_notebook(lab.notebooks, "pictures.ipynb", STUDIO)
    notebook = NotebookPage.open(
        browser,
        lab,
        name,
        viewport={"width": 1180, "height": 1700},
        device_scale_factor=1.25,
        locale="en",
    )
    notebook.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.run_cell(0)
    studio = StudioPage.within(notebook.output(0))
    fill_in(studio, "Lighthouse")
    take(studio.root, "form")

    jobs = []
    for title in WORDS:
        fill_in(studio, title)
        jobs.append(studio.press_generate())
    notebook.page.wait_for_function(
        "bar => Number(bar.getAttribute('aria-valuenow')) > 40",
        arg=studio.job(jobs[0]).get_by_role("progressbar").element_handle(),
        timeout=WAIT,
    )
    take(studio.root, "queue", tallest=620)

    for job in jobs:
        studio.wait_for_clips(job, timeout=WAIT / 1000)
    for theme, lab_theme in THEMES.items():
        notebook.use_theme(lab_theme)
        drawn(studio.gallery)
        take(studio.root, f"gallery-{theme}")
    notebook.use_theme(THEMES["light"])

    large = studio.open_large(jobs[0], 0)
    notebook.page.wait_for_function(
        "video => video.currentTime > 1", arg=large.locator("video").first.element_handle()
    )
    take(large, "large")
    notebook.page.keyboard.press("Escape")
    expect(large).not_to_be_visible()

    request = studio.root.locator("details.request")
    request.locator("summary").click()
    request.get_by_role("tab", name="Python").click()
    expect(request.get_by_role("tabpanel")).to_contain_text("video_diffusion")
    take(request, "request")
    request.locator("summary").click()

    studio.root.get_by_text("Several prompts").click()
    studio.root.get_by_role("textbox", name="Prompts, one per line").fill(SEVERAL)
    studio.generate.click()
    expect(studio.root.get_by_role("button", name="Start 4 jobs")).to_be_visible()
    column = studio.root.get_by_role("form")
    take(column, "batch", above=studio.root.get_by_role("textbox", name="Prompts, one per line"))
    notebook.close()


def fill_in(studio: StudioPage, title: str) -> None:
    """Choose a sample picture by its title and fill in its prompt."""
    studio.root.get_by_role("button", name=f"Use sample image: {title}").click()
    studio.prompt.fill(WORDS[title])
    drawn(studio.root)


def drawn(place: Locator) -> None:
    """Wait until all visible pictures are loaded."""
    place.page.wait_for_function(
        """place => [...place.querySelectorAll('img')].every(
          image => image.loading === 'lazy' || (image.complete && image.naturalWidth > 0))""",
        arg=place.element_handle(),
        timeout=WAIT,
    )


def take(
    place: Locator, name: str, *, tallest: float = TALLEST, above: Locator | None = None
) -> None:
    """Take a screenshot of an element.

    Args:
        place: The element.
        name: Name of the picture.
        tallest: Maximum height, in CSS pixels.
        above: An element inside `place`; the picture starts just above it.
    """
    page = place.page
    page.mouse.move(0, 0)
    place.evaluate("part => part.scrollIntoView({block: 'start'})")
    box = place.bounding_box()
    assert box is not None
    if above is not None and (first := above.bounding_box()) is not None:
        begin = first["y"] - ROOM_FOR_LABEL
        box["height"], box["y"] = box["y"] + box["height"] - begin, begin
    seen = page.viewport_size
    assert seen is not None
    box["height"] = min(box["height"], tallest, seen["height"] - box["y"])
    page.screenshot(path=TAKEN / f"{name}.png", clip=box)


def shrink(source: Path, target: Path) -> int:
    """Write a picture as WebP within the limits of width and, if possible, of size.

    Returns:
        The size in bytes.
    """
    with Image.open(source) as picture:
        image = picture.convert("RGB")
    image.thumbnail((WIDEST, 100 * WIDEST))
    for quality in (90, 84, 78, 70, 60, 50, 40):
        image.save(target, quality=quality, method=6)
        if target.stat().st_size <= LARGEST:
            break
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
