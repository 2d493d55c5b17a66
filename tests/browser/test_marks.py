"""Choosing is the work: stars, ticks, comparison, download, hiding, deleting, in JupyterLab."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
library = lw.Library()
client = lw.Client.sandbox(packaged=True, speed=600, library=library)
studio = lw.VideoStudio(client, prompt="waves", image_url="https://example.com/sea.png")
studio
"""
TWO_JOBS = "[client.submit(studio.request).wait().id for _ in range(2)]"


@pytest.fixture
def studio(workbench: NotebookPage) -> StudioPage:
    """A studio with two finished jobs of four clips each, in a window of 1366x768."""
    workbench.page.set_viewport_size({"width": 1366, "height": 768})
    shown = StudioPage.within(workbench.show(STUDIO))
    workbench.evaluate(TWO_JOBS)
    expect(shown.gallery.locator("[data-clip]")).to_have_count(8, timeout=60_000)
    return shown


def bar(studio: StudioPage) -> Locator:
    return studio.root.get_by_role("toolbar", name="Selected clips")


def boxes(studio: StudioPage) -> Locator:
    return studio.gallery.get_by_role("checkbox", name="Select clip")


def test_a_star_by_key_is_python_s_too_and_favourites_shows_clips(
    workbench: NotebookPage, studio: StudioPage
) -> None:
    tile = studio.gallery.get_by_role("button", name="Open clip 2").first
    tile.focus()
    workbench.page.keyboard.press("f")

    star = studio.gallery.get_by_role("button", name="Favourite: clip 2", exact=True).first
    expect(star).to_have_attribute("aria-pressed", "true")
    favourites = "[v.index for v in library.videos(favourite=True)]"
    wait_until(lambda: workbench.evaluate(favourites) == "[1]", "the star is stored")
    workbench.evaluate("setattr(studio.videos[6], 'favourite', True)")
    expect(studio.gallery.locator('.clip-star[aria-pressed="true"]')).to_have_count(2)
    # With two jobs there is nothing to find: the bar to browse by comes with more of them.
    workbench.evaluate(TWO_JOBS)
    studio.gallery.get_by_role("button", name="Favourites").click()
    expect(studio.gallery.locator("[data-clip]")).to_have_count(2)


def test_ticked_clips_of_two_jobs_are_compared_and_come_as_one_zip(
    workbench: NotebookPage, studio: StudioPage, tmp_path: Path
) -> None:
    page = workbench.page
    boxes(studio).nth(0).check()
    page.keyboard.down("Shift")
    boxes(studio).nth(5).click()
    page.keyboard.up("Shift")
    expect(bar(studio)).to_contain_text("6 selected")

    bar(studio).get_by_role("button", name="Compare 6").click()
    dialog = studio.root.get_by_role("dialog")
    videos = dialog.locator(".compare-tile video")
    expect(videos).to_have_count(6)
    page.wait_for_function(
        "videos => videos.every(video => video.currentTime > 0)",
        arg=videos.element_handles()[0].evaluate_handle(
            "video => [...video.closest('.compare').querySelectorAll('video')]"
        ),
    )
    page.keyboard.press("Escape")

    with page.expect_download() as downloading:
        bar(studio).get_by_role("button", name="Download zip").click()
    saved = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(saved)
    with zipfile.ZipFile(saved) as pack:
        assert pack.testzip() is None
        assert len(pack.namelist()) == 6
    expect(studio.root.get_by_text("Saved as")).to_be_visible()


def test_hidden_and_deleted_clips_go_can_come_back_and_stay_away_in_the_next_session(
    workbench: NotebookPage, studio: StudioPage
) -> None:
    boxes(studio).nth(0).check()
    bar(studio).get_by_role("button", name="Hide", exact=True).click()
    expect(studio.gallery.locator("[data-clip]")).to_have_count(7)
    boxes(studio).nth(0).check()
    bar(studio).get_by_role("button", name="Delete").click()
    expect(studio.gallery.locator("[data-clip]")).to_have_count(6)
    studio.root.get_by_role("button", name="Undo").click()
    expect(studio.gallery.locator("[data-clip]")).to_have_count(7)
    boxes(studio).nth(1).check()
    bar(studio).get_by_role("button", name="Delete").click()
    expect(studio.gallery.locator("[data-clip]")).to_have_count(6)

    workbench.evaluate("[studio.close(), client.close(), library.close()]")
    again = StudioPage.within(workbench.show(STUDIO))
    expect(again.gallery.locator("[data-clip]")).to_have_count(6)
    assert workbench.evaluate("len(library.videos())") == "7"
    assert workbench.evaluate("len(library.videos(hidden=True))") == "1"


def test_the_pointer_scrubs_through_a_clip(workbench: NotebookPage, studio: StudioPage) -> None:
    tile = studio.gallery.locator(".clip").first
    tile.hover()
    video = tile.locator("video")
    workbench.page.wait_for_function("v => v.duration > 0", arg=video.element_handle())
    box = tile.bounding_box()
    assert box is not None
    for part in (0.25, 0.75):
        workbench.page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
        at = video.evaluate("v => v.currentTime / v.duration")
        assert abs(at - part) < 0.15
