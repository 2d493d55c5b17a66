"""What is left of a gallery for a reader without a kernel, in JupyterLab and exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.browser.jupyterlab import JupyterLab
    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

OPEN = """async (path) => {
  // Not awaited: it waits for an answer to the question which kernel is wanted.
  void window.jupyterapp.commands.execute('docmanager:open', {path});
}"""
STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(prompt="a harbour at dawn", motion="low",
    image_url="https://example.com/sea.png", batch_size=2)
studio
"""


@pytest.fixture(scope="module")
def once() -> dict[str, bytes]:
    """What the first test saved, for those after it."""
    return {}


@pytest.fixture
def saved(request: pytest.FixtureRequest, lab: JupyterLab, once: dict[str, bytes]) -> Path:
    """A notebook that was saved after a job was done, with its widgets' state."""
    path = lab.notebooks / "saved.ipynb"
    if "notebook" not in once:
        once["notebook"] = save_one(request.getfixturevalue("open_notebook")).read_bytes()
    path.write_bytes(once["notebook"])
    return path


def save_one(open_notebook: Open) -> Path:
    """Generates, and saves the notebook once its copy for readers is complete."""
    notebook = open_notebook(STUDIO)
    notebook.run_cell(0)
    studio = StudioPage.within(notebook.output(0))
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 2)
    notebook.page.wait_for_function(
        """() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets[0]
             .model.outputs.toJSON()).split('base64,').length > 2""",
        timeout=120_000,
    )
    return notebook.save_with_state()


def variant(
    saved: Path, lab: JupyterLab, *, trusted: bool, state: bool, kernel: bool = False
) -> Path:
    """The same notebook as somebody may have it: from elsewhere, or saved without state."""
    notebook = nbformat.read(saved, as_version=4)
    if not state:
        del notebook.metadata["widgets"]
    if not kernel:
        notebook.metadata.pop("kernelspec", None)
    # A notebook that nobody here has seen: its signature is that of another text.
    name = f"trusted-{trusted}-state-{state}-kernel-{kernel}.ipynb"
    notebook.metadata["seen"] = name
    path = saved.with_name(name)
    nbformat.write(notebook, path)
    if trusted:
        notary = NotebookNotary(data_dir=str(lab.home / "data"))
        notary.sign(nbformat.read(path, as_version=4))
    return path


@pytest.fixture(scope="module")
def without_kernels(browser: Browser, lab_server: JupyterLab) -> Iterator[Page]:
    """JupyterLab in a page that can start no kernel."""
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    page.goto(f"{lab_server.url}lab?reset", wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)", timeout=60_000)
    # A notebook that asks for a session gets none, as where there is no Python. Only these requests
    # are routed: each of the page's hundred files would take a way through the test.
    page.route("**/api/sessions*", refuse_to_start)
    yield page
    page.context.close()


def refuse_to_start(route: Route) -> None:
    """Lets through what only looks."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def expect_the_copy(page: Page | Locator) -> None:
    """Sees to it that prompt, settings, pictures and links are there for a person to see."""
    expect(page.get_by_text("a harbour at dawn").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("motion low").first).to_be_visible()
    expect(page.get_by_text("Links to clips may have expired").first).to_be_visible()
    for name in ("clip 1", "clip 2"):
        expect(page.get_by_role("img", name=name).first).to_be_visible()
        expect(page.get_by_role("link", name=name).first).to_be_visible()
    shown = page.get_by_role("img", name="clip 1").first
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")


@pytest.mark.parametrize("state", [True, False], ids=["with-state", "without-state"])
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_a_saved_gallery_can_be_read_without_a_kernel(
    saved: Path, lab: JupyterLab, without_kernels: Page, trusted: bool, state: bool
) -> None:
    path = variant(saved, lab, trusted=trusted, state=state)
    without_kernels.evaluate(OPEN, path.name)
    panel = without_kernels.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    expect_the_copy(panel)


def test_with_a_fresh_kernel_the_copy_is_seen_until_the_cell_runs_again(
    saved: Path, lab: JupyterLab, open_notebook: Open
) -> None:
    path = variant(saved, lab, trusted=True, state=True, kernel=True)
    notebook = open_notebook(path=path)
    output = notebook.output(0)

    expect_the_copy(output)
    # A kernel that connects while JupyterLab reads the saved state makes it give up the widget.
    given_up = output.get_by_text("Error displaying widget: model not found")
    line = output.locator(".legnext-loading").filter(has_text="run this cell again")
    expect(line.or_(given_up)).to_be_visible(timeout=60_000)
    if line.count():
        assert line.evaluate("line => line.offsetHeight") < 60
    expect(output.locator(".legnext-widgets")).to_have_count(0)

    notebook.run_cell(0)
    StudioPage.within(output).generate.wait_for(timeout=60_000)
    expect(output.get_by_text("Run the notebook for the live studio")).not_to_be_visible()


@pytest.mark.parametrize("state", [True, False], ids=["with-state", "without-state"])
def test_an_exported_page_can_be_read_offline(
    saved: Path, lab: JupyterLab, browser: Browser, tmp_path: Path, state: bool
) -> None:
    from nbconvert import HTMLExporter  # half a second, for each process that collects tests

    path = variant(saved, lab, trusted=True, state=state)
    exported = tmp_path / "exported.html"
    exported.write_text(HTMLExporter().from_filename(str(path))[0], encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()

    page.goto(exported.as_uri(), wait_until="domcontentloaded")

    expect_the_copy(page)
    context.close()


def test_a_saved_notebook_stays_small(saved: Path) -> None:
    notebook = json.loads(saved.read_text(encoding="utf-8"))
    outputs = notebook["cells"][0]["outputs"]
    html = "".join("".join(output["data"].get("text/html", "")) for output in outputs)
    posters = [part.partition('"')[0] for part in html.split("base64,")[1:]]
    all_else = json.dumps([outputs, notebook["metadata"]["widgets"]])

    assert len(posters) == 2
    assert len(all_else) - sum(map(len, posters)) < 20 * 1024
    assert all(len(poster) * 3 // 4 <= 8 * 1024 for poster in posters)
