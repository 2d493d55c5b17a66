"""The key that a person enters in the page: it works, and is written down nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from legnext_widgets.sandbox import Sandbox
from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

KEY = "lnx-distinctive-7d1f0c5e93b84a26"
# A stand-in for the real service; every byte that the kernel logs goes to a file.
STUDIO = """
import logging, os
logging.basicConfig(filename="kernel.log", level=logging.DEBUG, force=True)
logging.getLogger("IPKernelApp").setLevel(logging.DEBUG)  # as if started with --debug
os.environ["LEGNEXT_BASE_URL"] = {url!r}
import legnext_widgets as lw
studio = lw.VideoStudio(prompt="waves", image_url="https://example.com/sea.png", batch_size=1)
studio
"""


@pytest.fixture
def service() -> Iterator[Sandbox]:
    """What the kernel takes for the real service; only the key is good."""
    sandbox = Sandbox(60, api_key=KEY, packaged=True)
    sandbox.start()
    yield sandbox
    sandbox.close()


def test_an_entered_key_works_and_is_found_in_no_file(
    open_notebook: Open, service: Sandbox
) -> None:
    notebook = open_notebook(STUDIO.format(url=service.base_url))
    notebook.run_cell(0)
    studio = StudioPage.within(notebook.output(0))
    expect(studio.root, "without a key it is the sandbox").to_have_attribute("data-sandbox", "true")

    studio.root.get_by_text("Use your API key").click()
    field = studio.root.get_by_label("API key", exact=True)
    field.fill("lnx-a-wrong-key")
    field.press("Enter")
    expect(field, "a key leaves the field at once").to_have_value("")
    expect(field, "a wrong key is refused").to_have_attribute("aria-invalid", "true")
    field.fill(KEY)
    field.press("Enter")
    expect(field, "the form goes once the key works").to_have_count(0)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 1)
    assert any(call.method == "POST" for call in service.calls), "sent to that service"
    assert KEY not in notebook.page.content(), "the page shows the key"

    before = notebook.evaluate("studio.model_id")
    notebook.run_cell(0)  # a person runs the cell again: the key was entered once
    wait_until(lambda: notebook.evaluate("studio.model_id") != before, "it has run again")
    studio.wait_for_clips(job_id, 1)
    entry = studio.root.get_by_text("Use your API key")
    expect(entry, "the key is asked for again").to_have_count(0)
    assert notebook.evaluate("len(studio.jobs)") == "1", "the new studio goes on with that account"

    notebook.save_with_state()
    searched = [path for path in notebook.lab.home.rglob("*") if path.is_file()]
    names = {path.name for path in searched}
    assert {notebook.path.name, notebook.lab.log.name, "kernel.log"} <= names
    assert any(notebook.lab.library in path.parents for path in searched), "no journal"
    found = [str(path) for path in searched if KEY.encode() in path.read_bytes()]
    assert found == [], "the key was written down"
    assert KEY not in "\n".join(notebook.console), "the browser's console shows the key"
