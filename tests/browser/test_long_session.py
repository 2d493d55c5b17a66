"""Several studios, several views, busy cells, reloads and restarts: what a long session brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.service import Service
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

EMBEDDED = """
import legnext_widgets as lw
{name} = lw.VideoStudio(lw.Client.sandbox(speed=60, packaged=True), batch_size=1,
                        prompt="waves", image_url="https://example.com/sea.png")
{name}
"""
OUTSIDE = """
import os
os.environ["LEGNEXT_BASE_URL"] = {url!r}
os.environ["LEGNEXT_API_KEY"] = "key-of-nobody"
import legnext_widgets as lw
studio = lw.VideoStudio(prompt="waves", image_url="https://example.com/sea.png", batch_size=1)
studio
"""
TWICE = """() => {
  const ids = [...document.querySelectorAll('.legnext-widgets [id]')].map(element => element.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""


def test_two_studios_of_one_notebook_keep_to_themselves_while_a_cell_waits(
    workbench: NotebookPage,
) -> None:
    first = StudioPage.within(workbench.show(EMBEDDED.format(name="one")))
    second = StudioPage.within(workbench.show(EMBEDDED.format(name="two")))
    assert workbench.page.evaluate(TWICE) == [], "every label belongs to one field only"
    waiting = workbench.add_cell(
        "job = one.submit()\nprint('waits')\nprint(job.wait(timeout=60).status)"
    )
    workbench.run_cell(waiting)
    workbench.wait_for_text(waiting, "waits")

    second.prompt.fill("only in the second")
    clicked = second.press_generate()

    expect(first.prompt, "the other form is another form").to_have_value("waves")
    workbench.wait_for_text(waiting, "completed")
    second.wait_for_clips(clicked, 1)
    (waited_for,) = first.job_ids()
    first.wait_for_clips(waited_for, 1)
    first.play(waited_for, 0)
    second.play(clicked, 0)
    assert second.job_ids() == [clicked], "each shows its own job"
    assert workbench.evaluate("(len(one.jobs), len(two.jobs))") == "(1, 1)"


@pytest.mark.slow
def test_a_batch_goes_on_while_its_page_is_closed_and_opened_again(open_notebook: Open) -> None:
    with Service(30).start() as service:
        notebook = open_notebook(OUTSIDE.format(url=service.url))
        notebook.run_cell(0)
        studio = StudioPage.within(notebook.output(0))
        studio.root.get_by_text("Several prompts").click()
        prompts = studio.root.get_by_role("textbox", name="Prompts, one per line")
        prompts.fill("{one|two|three|four|five|six|seven|eight} boats")
        studio.generate.click()
        studio.root.get_by_role("button", name="Start 8 jobs").click()
        wait_until(lambda: service.submissions > 0, "the batch has begun")
        notebook.save()

        notebook.go_to(notebook.path.name)

        studio = StudioPage.within(notebook.output(0))
        batch = studio.root.get_by_role("region", name="Batch")
        expect(batch, "the new page knows of the batch").to_contain_text("of 8 sent")
        expect(batch).to_contain_text("8 of 8 sent · 8 done", timeout=120_000)
        studio.gallery.locator(".chunk").last.scroll_into_view_if_needed()
        expect(studio.gallery.locator("[data-job-id]")).to_have_count(8)
        studio.play(studio.job_ids()[0], 0)
        assert service.submissions == 8, "each was sent once"


@pytest.mark.slow
def test_running_jobs_are_taken_up_after_a_restart_of_the_kernel(open_notebook: Open) -> None:
    with Service(10).start() as service:
        notebook = open_notebook(OUTSIDE.format(url=service.url))
        notebook.run_cell(0)
        studio = StudioPage.within(notebook.output(0))
        jobs = [studio.press_generate(), studio.press_generate(another_take=True)]

        notebook.page.evaluate(
            "() => void window.jupyterapp.commands.execute('notebook:restart-kernel')"
        )
        notebook.page.get_by_role("button", name="Confirm Kernel Restart").click()

        gone = studio.root.get_by_text("The kernel has stopped.")
        expect(gone, "the studio says so").to_be_visible(timeout=60_000)
        expect(studio.generate, "nothing can be sent now").to_be_disabled()
        notebook.wait_until_idle()
        notebook.run_cell(0)
        expect(gone).to_have_count(0)
        studio = StudioPage.within(notebook.output(0))
        expect(studio.root.get_by_text("2 jobs from your last session")).to_be_visible()
        for job_id in jobs:
            studio.wait_for_clips(job_id, 1)
        studio.play(jobs[0], 0)
        assert sorted(studio.job_ids()) == sorted(jobs)
        assert service.submissions == 2
