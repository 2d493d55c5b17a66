"""The ways into a clip other than a link to an image, and the ways of a clip out to the person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

STUDIO = """
import legnext_widgets as lw
client = lw.Client.sandbox(speed=60)
studio = lw.VideoStudio(client, batch_size=1)
studio
"""


def show_studio(open_notebook: Open) -> tuple[NotebookPage, StudioPage]:
    notebook = open_notebook(STUDIO)
    notebook.run_cell(0)
    return notebook, StudioPage.within(notebook.output(0))


def test_words_become_four_images_and_a_chosen_one_becomes_a_clip(open_notebook: Open) -> None:
    notebook, studio = show_studio(open_notebook)

    studio.choose_source("Text")
    studio.prompt.fill("a lighthouse at dusk")
    image_job = studio.press_generate()
    images = studio.root.get_by_role("button", name=re.compile(r"^Image \d: a lighthouse"))
    expect(images).to_have_count(4, timeout=150_000)
    expect(images.nth(2).locator("img")).to_be_visible()
    images.nth(2).click()
    expect(studio.source("Earlier image")).to_be_checked()
    clip_job = studio.press_generate()
    studio.wait_for_clips(clip_job, 1)
    studio.play(clip_job, 0)

    asked = notebook.evaluate("(studio.jobs[0].request.job_id, studio.jobs[0].request.image_no)")
    assert asked == f"('{image_job}', 2)"


def test_clip_plays_through_the_kernel_where_its_link_does_not_reach(open_notebook: Open) -> None:
    notebook, studio = show_studio(open_notebook)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    # As with a kernel on another machine: its sandbox's address means nothing to this browser.
    notebook.page.route(re.compile(r"http://127\.0\.0\.1:\d+/media/"), refuse)
    studio.fill_in("round the bend of a river")
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 1)

    played = studio.play(job_id, 0)

    source = studio.clip(job_id, 0).locator("video").get_attribute("src") or ""
    assert refused
    assert source.startswith("blob:")
    assert played.height == 480


def test_download_button_gives_the_file_under_a_telling_name(
    open_notebook: Open, tmp_path: Path
) -> None:
    notebook, studio = show_studio(open_notebook)
    studio.fill_in("two boats, one wind")
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 1)

    clip = studio.clip(job_id, 0)
    clip.hover()
    with notebook.page.expect_download() as download:
        clip.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "clip.mp4")

    assert re.fullmatch(r"two-boats.*\.mp4", download.value.suggested_filename)
    assert (tmp_path / "clip.mp4").read_bytes()[4:8] == b"ftyp"
