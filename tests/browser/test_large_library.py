"""A library of a thousand jobs in JupyterLab: what is sent, what is in the page, what plays."""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from legnext_widgets.sandbox.media.scenes import ASSETS as CLIPS
from tests.browser.filled_library import EMBEDDED, fill_library
from tests.browser.studio_page import StudioPage
from tests.library import job_factory
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

    from legnext_widgets.library import Library
    from tests.browser.notebook_page import NotebookPage

JOBS = 1000
KEPT = 3
IN_A_PAGE = 24
STUDIO = "import legnext_widgets as lw\nstudio = lw.VideoStudio()\nstudio"
HELD = """root => {
  const videos = [...root.querySelectorAll('video')];
  return {
    elements: root.querySelectorAll('*').length,
    cards: root.querySelectorAll('.card').length,
    videos: videos.length,
    playing: videos.filter(video => !video.paused).length,
  };
}"""
# Twice what was seen while scrolling; a thousand jobs in full would be 60,000 elements.
MOST = {"elements": 1600, "cards": 24, "videos": 36, "playing": 1}


async def write_jobs(library: Library) -> None:
    """The jobs: the newest clips kept with posters, all others only known by link."""
    now = datetime.now(UTC)

    async def remember(number: int) -> str:
        links = [f"http://clips.test/{number}-{index}.mp4" for index in range(4)]
        words = "the very first one" if number == JOBS - 1 else f"waves {number}"
        words = f"the {number // 100}th tide" if number % 100 == 0 else words
        return await job_factory.job(
            library,
            f"https://example.com/sea.png {words}",
            identity=EMBEDDED,
            sent_at=now - timedelta(hours=number),
            output={"video_urls": links},
        )

    async def fetch(path: Path) -> None:
        shutil.copy(CLIPS / "clip-1.mp4", path)

    job_ids = await asyncio.gather(*(remember(number) for number in range(JOBS)))
    for job_id in job_ids[:KEPT]:
        for index in range(4):
            await library.keep(job_id, index, fetch, identity=EMBEDDED)


@pytest.fixture
def remembered(workbench: NotebookPage, tmp_path: Path) -> NotebookPage:
    """A notebook whose library holds a thousand jobs."""
    fill_library(tmp_path / "library", write_jobs)

    def give_clip(route: Route) -> None:
        route.fulfill(path=CLIPS / "clip-0.mp4", content_type="video/mp4")

    workbench.page.route("http://clips.test/**", give_clip)
    workbench.page.route("https://example.com/**", lambda route: route.abort())
    return workbench


def held(studio: StudioPage) -> None:
    """Sees to it that the page holds little, wherever one looks."""
    now: dict[str, int] = studio.root.evaluate(HELD)
    assert all(now[name] <= limit for name, limit in MOST.items()), f"the page holds {now}"


def test_a_thousand_jobs_are_opened_searched_and_paged_through(remembered: NotebookPage) -> None:
    # A laptop's: the results reach below what the notebook's panel shows of them.
    remembered.page.set_viewport_size({"width": 1366, "height": 768})
    studio = StudioPage.within(remembered.show(STUDIO))
    cards = studio.gallery.locator(".card")
    note = studio.gallery.get_by_role("status").first
    expect(cards).not_to_have_count(0)
    opened_with = int(remembered.evaluate("len(studio.jobs)"))
    assert opened_with < 2 * IN_A_PAGE, "only a first page comes by itself"
    held(studio)

    first = cards.first
    # Tiles that are far from what is seen load nothing.
    first.locator("[data-clip]").last.scroll_into_view_if_needed()
    expect(first.locator("img.poster"), "kept clips show their posters").to_have_count(4)
    expect(first.locator("video"), "and no player until someone turns to one").to_have_count(0)
    studio.play(first.get_attribute("data-job-id") or "", 0)

    search = studio.gallery.get_by_role("searchbox", name="Search")
    search.fill("tide")
    expect(note, "all that fit are found, though few were loaded").to_have_text("10 jobs")
    expect(cards.first).to_contain_text("the 0th tide")
    search.fill("the very first")
    expect(cards, "found in the library, though it was not loaded").to_have_count(1)
    expect(cards.first).to_contain_text("the very first one")
    search.fill("")
    held(studio)

    studio.gallery.get_by_role("combobox", name="Sort").select_option("oldest")
    expect(cards.first).to_contain_text("the very first one")
    studio.gallery.get_by_role("combobox", name="Sort").select_option("newest")
    expect(cards.first).to_contain_text("the 0th tide")

    results = studio.root.locator(".results")

    def paged_further() -> bool:
        results.evaluate("results => results.scrollBy(0, 1400)")
        held(studio)
        return int(remembered.evaluate("len(studio.jobs)")) >= 5 * IN_A_PAGE

    wait_until(paged_further, "older jobs come out of the library as one scrolls", timeout=60)
    expect(studio.gallery.get_by_text(re.compile(r"^[\d,]+ of 1,000 jobs loaded$"))).to_be_visible()
