"""The demo of the documentation: JupyterLite, where Python itself runs in the browser.

Nothing but plain files on loopback may be asked for, by the page, its workers, and Python in them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, ClassVar

import pytest
from playwright.sync_api import expect

from lite.site import NOTEBOOK, build_site
from tests.browser.notebook_page import OpenNotebook
from tests.browser.studio_page import MOVING, StudioPage
from tests.docs.conftest import DOCS
from tests.lite.recorder import Recorder
from tests.matrix.front_ends import OfJupyter
from tests.support.chromium import start_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

STUDIO = 1
"""Number of the cell of the studio among all cells; it is the first one with code."""

PATIENCE = 60_000
"""Milliseconds for what takes a moment on a machine with nothing else to do."""

OF_THE_BROWSER = "content-autofill.googleapis.com"
"""Chromium itself asks this about every form that it sees."""

PLAIN_CALLS = """
client = lw.Client.sandbox(speed=600)
job = client.video_diffusion("a kite", image_url="https://example.com/kite.jpg", batch_size=1)
print(job.wait(timeout=60).status, job.videos[0].save("kite.mp4").stat().st_size > 10_000)
"""
REAL_SERVICE = """
try:
    lw.Client("sk-anything")
except lw.TransportError as error:
    print(error)
"""


class JupyterLite(OfJupyter):
    """The site as `./dev docs` builds it, behind a plain web server."""

    label = "JupyterLite"
    environment_name = "own"
    load = 240_000  # the page, 30 MB of Python and its start, in the browser itself
    site: ClassVar[Path]

    def arguments(self) -> Sequence[str]:
        at = ("--bind", "127.0.0.1", "--directory", str(self.site))
        return "-m", "http.server", str(self.port), *at

    def command(self) -> Sequence[str]:
        return sys.executable, *self.arguments()

    def address(self, name: str) -> str:
        return f"{self.url}/lab/index.html?path={name}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="module", params=[JupyterLite], ids=lambda kind: kind.label)
def front_end(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterLite]:
    JupyterLite.site = build_site(tmp_path_factory.mktemp("lite") / "site")
    with request.param(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture
def page(front_end: JupyterLite, browser: Browser) -> Iterator[Page]:
    """The demo, open in a fresh profile; at its end nothing was asked of anybody else."""
    with Recorder() as recorder:
        context = browser.new_context(
            viewport={"width": 1280, "height": 1600},
            proxy={"server": recorder.address, "bypass": "127.0.0.1"},
        )
        page = context.new_page()
        front_end.go_to(page, NOTEBOOK)
        yield page
        context.close()
    assert {what for what in recorder.asked if OF_THE_BROWSER not in what} == set()


def begin(front_end: JupyterLite, page: Page) -> StudioPage:
    """Runs the studio's cell and chooses a picture."""
    front_end.run_cell(page, STUDIO)
    studio = front_end.studio(page)
    studio.root.get_by_role("button", name="Use sample image").first.click()
    return studio


def test_generate_gives_four_playing_clips(front_end: JupyterLite, page: Page) -> None:
    studio = begin(front_end, page)
    samples = studio.root.get_by_role("button", name="Use sample image").locator("img")
    expect(samples).to_have_count(8, timeout=PATIENCE)

    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)
    played = [studio.play(job_id, index) for index in range(4)]

    assert all(clip.position > MOVING for clip in played)
    assert studio.job_ids() == [job_id]


def test_running_the_cell_again_goes_on_with_the_job(front_end: JupyterLite, page: Page) -> None:
    job_id = begin(front_end, page).press_generate()

    before = page.locator(".legnext-widgets").first.element_handle()
    front_end.run_cell(page, STUDIO)
    page.wait_for_function("view => !view.isConnected", arg=before, timeout=30_000)

    studio = front_end.studio(page)
    studio.wait_for_clips(job_id)
    studio.play(job_id, 0)
    assert studio.job_ids() == [job_id]


def test_two_views_agree_and_show_each_job_once(front_end: JupyterLite, page: Page) -> None:
    first = begin(front_end, page)
    notebook = OpenNotebook(page)
    notebook.run_cell(notebook.add_cell("studio"))
    second = front_end.studio(page, 1)

    second.prompt.fill("typed in the second view")
    expect(first.prompt).to_have_value("typed in the second view", timeout=PATIENCE)
    job_id = second.press_generate()
    expect(first.job(job_id)).to_be_visible(timeout=PATIENCE)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:delete-cell')")

    expect(page.locator(".legnext-widgets")).to_have_count(1, timeout=PATIENCE)
    first.wait_for_clips(job_id)
    first.play(job_id, 3)
    assert first.job_ids() == [job_id]


def test_reloading_the_page_keeps_the_readers_copy_and_begins_anew(
    front_end: JupyterLite, page: Page
) -> None:
    studio = begin(front_end, page)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)
    copy = page.locator(".legnext-reading-copy")
    expect(copy).to_contain_text("completed", timeout=PATIENCE)

    front_end.save(page)
    front_end.reload(page, NOTEBOOK)

    expect(copy).to_be_visible(timeout=PATIENCE)
    expect(copy).to_contain_text(job_id)
    again = begin(front_end, page)
    assert again.job_ids() == []
    new = again.press_generate()
    again.wait_for_clips(new)
    again.play(new, 0)
    assert again.job_ids() == [new]


def test_the_notebook_and_plain_calls_run_to_their_end(front_end: JupyterLite, page: Page) -> None:
    notebook = OpenNotebook(page)
    for source in (PLAIN_CALLS, REAL_SERVICE):
        notebook.add_cell(source)
    notebook.run_all()

    last = len(notebook.code_cells()) - 1
    notebook.wait_for_text(last, "a web page may call another site only where", timeout=240)
    assert notebook.errors() == []
    assert notebook.text_of(last - 1) == "completed True\n"
    assert "data:video/mp4" in str(notebook.code_cells()[last - 2]["outputs"])


def test_the_page_of_the_documentation_leads_to_it(front_end: JupyterLite) -> None:
    leads = f"lite/lab/index.html?path={NOTEBOOK}"

    assert leads in (DOCS / "demo.md").read_text(encoding="utf-8")
    assert (front_end.site / "lab" / "index.html").is_file()
    assert (front_end.site / "files" / NOTEBOOK).is_file()
