"""The main job in each front end, in a real browser; and what a person does to a page meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import legnext_widgets as lw
from tests.browser.picture_input import give, pick
from tests.browser.studio_page import MOVING
from tests.hosts.editors import EDITORS
from tests.matrix.conftest import FAILED
from tests.matrix.front_ends import ALL, FrontEnd
from tests.pictures.picture_factory import phone_jpeg, photo, saved
from tests.support.chromium import start_chromium
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.service import Service

READING_COPY = "Run the notebook for the live studio"
ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "matrix"
pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

STUDIO = """
import os
os.environ.update({variables!r})
import legnext_widgets as lw
studio = lw.VideoStudio(prompt="slow push in", image_url="https://example.com/sea.png")
import pathlib, threading
engines = [thread.name for thread in threading.enumerate()].count("legnext-client")
pathlib.Path({engines!r}).write_text(str(engines))
studio
""".strip()


SHOW_AND_BLOCK = """
import os, pathlib, time
os.environ.update({variables!r})
import legnext_widgets as lw
studio = lw.VideoStudio(prompt="seen at once")
display(studio)
end = time.monotonic() + 120
while not pathlib.Path({seen!r}).exists() and time.monotonic() < end:
    time.sleep(0.1)
print("seen" if pathlib.Path({seen!r}).exists() else "not", "before the end")
""".strip()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="module", params=(*ALL, *EDITORS), ids=lambda kind: kind.label)
def front_end(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FrontEnd]:
    with request.param(tmp_path_factory.mktemp(request.param.__name__)) as started:
        yield started


class Visit:
    """A notebook with a studio, and a service and a library of its own."""

    def __init__(self, front_end: FrontEnd, browser: Browser, service: Service, name: str) -> None:
        self.front_end = front_end
        self.service = service
        self.library = front_end.home / f"library-{name}"
        variables = {**service.variables, "LEGNEXT_LIBRARY": str(self.library)}
        self._engines = front_end.home / f"engines-{name}"
        source = STUDIO.format(variables=variables, engines=str(self._engines))
        self.name = front_end.write(name, source, "studio")
        self._context = browser.new_context(viewport={"width": 1280, "height": 1600})
        self.console: list[str] = []

    def open(self) -> Page:
        """Opens the notebook in a tab and runs the studio's cell."""
        page = self._context.new_page()
        page.on("console", lambda message: self.console.append(message.text))
        self.front_end.go_to(page, self.name)
        if not self.front_end.runs_on_opening:
            self.front_end.run_cell(page, 0)
        return page

    def run_again(self, page: Page) -> None:
        """Runs the studio's cell again, until its new view has taken the old one's place."""
        self._engines.unlink()
        self.front_end.view(page).evaluate("view => { view.dataset.before = 'yes'; }")
        self.front_end.run_cell(page, 0)
        before = self.front_end.outputs(page).locator("[data-before]")
        expect(before).to_have_count(0, timeout=30_000)
        wait_until(self._engines.exists, "the cell has run again", timeout=60)

    @property
    def engines(self) -> int:
        """How many clients worked in the kernel when the studio's cell ended the last time."""
        return int(self._engines.read_text())

    def status(self, job_id: str) -> str:
        """What the library on disk says of a job."""
        with lw.Library(self.library) as library:
            job = library.get(job_id)
            return str(job.status) if job else ""

    def keep_evidence(self, folder: Path) -> None:
        """Keeps what was to be seen at the end."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, page in enumerate(self._context.pages):
            page.screenshot(path=folder / f"page-{number}.png")
        (folder / "console.txt").write_text("\n".join(self.console), encoding="utf-8")
        shutil.copy(self.front_end.log, folder)

    def close(self) -> None:
        """Closes the browser's window."""
        self._context.close()


@pytest.fixture
def visit(
    front_end: FrontEnd,
    browser: Browser,
    serve: Callable[..., Service],
    request: pytest.FixtureRequest,
) -> Iterator[Visit]:
    name = request.node.name.partition("[")[0].removeprefix("test_")[:40]
    visit = Visit(front_end, browser, serve(30), name)
    yield visit
    if request.node.stash.get(FAILED, False):
        visit.keep_evidence(ARTIFACTS / request.node.name.replace("[", "-").rstrip("]"))
    visit.close()


def test_generate_gives_four_playing_clips(front_end: FrontEnd, visit: Visit) -> None:
    page = visit.open()
    studio = front_end.studio(page)

    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)
    played = [studio.play(job_id, index) for index in range(4)]

    assert all(clip.position > MOVING for clip in played)
    assert studio.job_ids() == [job_id]
    assert visit.service.submissions == 1


def test_pictures_of_ones_own_become_clips(front_end: FrontEnd, visit: Visit) -> None:
    page = visit.open()
    studio = front_end.studio(page)
    first, last = (studio.root.locator(".picture-input").nth(index) for index in (0, 1))

    give(first, "drop", "dropped.jpg", "image/jpeg", phone_jpeg(size=(2400, 1800)))
    expect(first.get_by_text("dropped.jpg")).to_be_visible(timeout=30_000)
    expect(first).to_contain_text("2048 x 1536")
    studio.root.get_by_text("More options").click()
    pick(last, "picked.png", "image/png", saved(photo(), "PNG"))
    expect(last.get_by_text("picked.png")).to_be_visible(timeout=30_000)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)

    assert studio.play(job_id, 0).position > MOVING
    (post,) = visit.service.posts
    assert post["prompt"].count("/sandbox/pictures/") == 2


def test_a_studio_is_there_while_its_own_cell_runs_on(front_end: FrontEnd, visit: Visit) -> None:
    if not front_end.shows_running_cells:
        pytest.skip("what a cell displays is not shown before it has ended")
    seen = front_end.home / "seen"
    source = SHOW_AND_BLOCK.format(variables=visit.service.variables, seen=str(seen))
    visit.name = front_end.write("blocked", source)
    page = visit.open()

    expect(front_end.studio(page).prompt).to_have_value("seen at once")
    seen.touch()

    printed = front_end.outputs(page).get_by_text("seen before the end", exact=True)
    expect(printed).to_be_visible(timeout=60_000)


def test_the_copy_for_readers_hides_while_the_studio_is_alive(
    front_end: FrontEnd, visit: Visit
) -> None:
    page = visit.open()
    studio = front_end.studio(page)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)

    copy = front_end.outputs(page).get_by_text(READING_COPY)
    expect(copy).not_to_be_visible()


def test_running_the_cell_again_goes_on_with_the_job(front_end: FrontEnd, visit: Visit) -> None:
    if not front_end.keeps_kernel:
        pytest.skip("there are no cells to run")
    page = visit.open()
    job_id = front_end.studio(page).press_generate()

    visit.run_again(page)

    studio = front_end.studio(page)
    studio.wait_for_clips(job_id)
    studio.play(job_id, 0)
    polls = visit.service.polls(job_id)
    studio.prompt.fill("another request: the same would ask first")
    another = studio.press_generate()
    studio.wait_for_clips(another)
    assert studio.job_ids() == [another, job_id]
    assert visit.service.submissions == 2
    assert visit.service.polls(job_id) == polls
    assert visit.engines == 1


def test_reloading_the_page_brings_the_job_back(front_end: FrontEnd, visit: Visit) -> None:
    page = visit.open()
    job_id = front_end.studio(page).press_generate()

    front_end.save(page)
    front_end.reload(page, visit.name)
    if not front_end.shows_saved_widgets:
        # What was saved as text, once the editor has looked for the widget in vain.
        expect(front_end.outputs(page)).to_contain_text("VideoStudio", timeout=30_000)
        front_end.run_cell(page, 0)

    studio = front_end.studio(page)
    studio.wait_for_clips(job_id)
    studio.play(job_id, 0)
    assert studio.job_ids() == [job_id]
    assert visit.service.submissions == 1
    if front_end.keeps_kernel:
        visit.run_again(page)
        front_end.studio(page).wait_for_clips(job_id)
        assert visit.engines == 1


def test_two_views_agree_and_show_each_job_once(front_end: FrontEnd, visit: Visit) -> None:
    page = visit.open()
    first = front_end.studio(page)
    if not front_end.views_at_once:
        front_end.run_cell(page, 1)
    second = front_end.studio(page, 1)

    second.prompt.fill("typed in the second view")
    if front_end.one_model:
        expect(first.prompt).to_have_value("typed in the second view")
    job_id = second.press_generate()

    for studio in (first, second):
        studio.wait_for_clips(job_id)
        studio.play(job_id, 0)
        assert studio.job_ids() == [job_id]
    assert visit.service.submissions == 1


def test_closing_the_tab_loses_no_job(front_end: FrontEnd, visit: Visit) -> None:
    page = visit.open()
    job_id = front_end.studio(page).press_generate()
    wait_until(lambda: visit.status(job_id), "the job is in the library")
    front_end.save(page)

    page.close()

    if front_end.keeps_kernel:
        done = "the job ended with nobody looking"
        wait_until(lambda: visit.status(job_id) == "completed", done, timeout=60, every=0.5)
    studio = front_end.studio(visit.open())
    studio.wait_for_clips(job_id)
    studio.play(job_id, 0)
    assert studio.job_ids() == [job_id]
    assert visit.service.submissions == 1
