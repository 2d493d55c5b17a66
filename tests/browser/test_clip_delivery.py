"""The ways of a clip to the person where its link does not help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.studio_page import StudioPage

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
client = lw.Client.sandbox(speed=100, packaged=True)
studio = lw.VideoStudio(client, batch_size=1)
studio
"""


def show_studio(workbench: NotebookPage) -> StudioPage:
    return StudioPage.within(workbench.show(STUDIO))


def test_clip_plays_through_the_kernel_where_its_link_does_not_reach(
    workbench: NotebookPage,
) -> None:
    studio = show_studio(workbench)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    # As with a kernel on another machine: its sandbox's address means nothing to this browser.
    workbench.page.route(re.compile(r"http://127\.0\.0\.1:\d+/media/"), refuse)
    studio.fill_in("round the bend of a river")
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 1)

    played = studio.play(job_id, 0)

    source = studio.clip(job_id, 0).locator("video").get_attribute("src") or ""
    assert refused
    assert source.startswith("blob:")
    assert played.height == 240


def test_download_button_gives_the_file_under_a_telling_name(
    workbench: NotebookPage, tmp_path: Path
) -> None:
    studio = show_studio(workbench)
    studio.fill_in("two boats, one wind")
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 1)

    clip = studio.clip(job_id, 0)
    clip.hover()
    with workbench.page.expect_download() as download:
        clip.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "clip.mp4")

    assert re.fullmatch(r"two-boats.*\.mp4", download.value.suggested_filename)
    assert (tmp_path / "clip.mp4").read_bytes()[4:8] == b"ftyp"
