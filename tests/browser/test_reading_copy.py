"""What is left of a gallery for a reader without a kernel, in JupyterLab and exported."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from tests.browser.jupyterlab import JupyterLab
    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

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
    """A notebook that was saved after a job was done, its widget's state left out."""
    path = lab.notebooks / "saved.ipynb"
    if "notebook" not in once:
        once["notebook"] = save_one(request.getfixturevalue("open_notebook"), lab).read_bytes()
    path.write_bytes(once["notebook"])
    return path


def save_one(open_notebook: Open, lab: JupyterLab) -> Path:
    """Generates, and saves the notebook once its copy for readers is complete."""
    before = set(lab.notebooks.glob("*.ipynb"))
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
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    (path,) = set(lab.notebooks.glob("*.ipynb")) - before
    return path


def with_widget_state(path: Path) -> None:
    """Puts a state beside the notebook's outputs, as the menu 'save widget state' does."""
    notebook = nbformat.read(path, as_version=4)
    view = "application/vnd.jupyter.widget-view+json"
    (model_id,) = {
        output["data"][view]["model_id"]
        for output in notebook.cells[0].outputs
        if view in output.get("data", {})
    }
    state = {"_model_name": "AnyModel", "_model_module": "anywidget", "_view_name": "AnyView"}
    model = {
        "model_name": "AnyModel",
        "model_module": "anywidget",
        "model_module_version": "~0.11.*",
        "state": {**state, "_view_module": "anywidget", "_esm": "export default {}"},
    }
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "version_major": 2,
            "version_minor": 0,
            "state": {model_id: model},
        }
    }
    nbformat.write(notebook, path)


def expect_the_copy(page: Page) -> None:
    """Sees to it that prompt, settings, pictures and links are there for a person to see."""
    expect(page.get_by_text("a harbour at dawn").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("motion low").first).to_be_visible()
    for name in ("clip 1", "clip 2"):
        expect(page.get_by_role("img", name=name).first).to_be_visible()
        expect(page.get_by_role("link", name=name).first).to_be_visible()
    shown = page.get_by_role("img", name="clip 1").first
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")


def open_without_kernel(page: Page, url: str) -> None:
    """Opens a notebook in JupyterLab, where no kernel can be started for it."""

    def refuse_kernels(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    page.route("**/api/sessions*", refuse_kernels)
    page.goto(url, wait_until="domcontentloaded")


@pytest.mark.slow  # it opens JupyterLab four times more
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
@pytest.mark.parametrize("state", [True, False], ids=["with-state", "without-state"])
def test_a_saved_gallery_can_be_read_without_a_kernel(
    saved: Path, lab: JupyterLab, browser: Browser, trusted: bool, state: bool
) -> None:
    if state:
        with_widget_state(saved)
    reopened = saved.with_name(f"reopened-{trusted}-{state}.ipynb")
    notebook = nbformat.read(saved, as_version=4)
    notebook.metadata.pop("kernelspec", None)
    # A notebook that nobody here has seen: its signature is that of another text.
    notebook.metadata["seen"] = str(trusted)
    nbformat.write(notebook, reopened)
    if trusted:
        notary = NotebookNotary(data_dir=str(lab.home / "data"))
        notary.sign(nbformat.read(reopened, as_version=4))
    lab.forget()
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    open_without_kernel(page, f"{lab.url}lab/tree/{reopened.name}?reset")

    expect_the_copy(page)
    page.context.close()


@pytest.mark.parametrize("state", [True, False], ids=["with-state", "without-state"])
def test_an_exported_page_can_be_read_offline(
    saved: Path, browser: Browser, tmp_path: Path, state: bool
) -> None:
    if state:
        with_widget_state(saved)
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", saved, "--output-dir", tmp_path],
        check=True,
        capture_output=True,
    )
    (exported,) = tmp_path.glob("*.html")
    context = browser.new_context(offline=True)
    page = context.new_page()

    page.goto(exported.as_uri(), wait_until="domcontentloaded")

    expect_the_copy(page)
    context.close()


def test_a_saved_notebook_stays_small(saved: Path) -> None:
    outputs = json.loads(saved.read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert len(json.dumps(outputs)) < 2 * 2 * 8 * 1024 + 20 * 1024
