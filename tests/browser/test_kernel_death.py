"""Jobs belong to the person: a kernel that dies, and two kernels with one library."""

from __future__ import annotations

import os
import signal
import uuid
from typing import TYPE_CHECKING

from tests.browser.studio_page import StudioPage
from tests.support.service import Service
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

STUDIO = """
import os
os.environ["LEGNEXT_BASE_URL"] = {url!r}
os.environ["LEGNEXT_API_KEY"] = {key!r}
import legnext_widgets as lw
studio = lw.VideoStudio(prompt={prompt!r}, image_url="https://example.com/sea.png", batch_size=1)
studio
"""


def in_front(notebook: NotebookPage) -> NotebookPage:
    """Shows a notebook in the tab it shares with another one."""
    notebook.bring_to_front(notebook.path.name)
    return notebook


def test_a_job_survives_the_death_of_its_kernel_and_is_played_after_a_restart(
    open_notebook: Open,
) -> None:
    with Service(20).start() as service:
        notebook = open_notebook(
            STUDIO.format(url=service.url, key="key-of-nobody", prompt="hold on")
        )
        notebook.run_cell(0)
        job_id = StudioPage.within(notebook.output(0)).press_generate()
        before = notebook.evaluate("__import__('os').getpid()")

        os.kill(int(before), signal.SIGKILL)

        restarting = notebook.page.get_by_role("dialog").filter(has_text="Kernel Restarting")
        restarting.get_by_role("button", name="Ok").click(timeout=30_000)
        notebook.wait_until_idle()
        assert notebook.evaluate("__import__('os').getpid()") != before

        notebook.run_cell(0)

        wait_until(
            lambda: notebook.evaluate("'studio' in globals() and len(studio.jobs)") == "1",
            "the new kernel's studio knows the job",
        )
        studio = StudioPage.within(notebook.output(0))
        studio.wait_for_clips(job_id, 1)
        studio.play(job_id, 0)
        assert studio.job_ids() == [job_id]
        assert service.submissions == 1


def test_two_kernels_of_one_library_keep_all_jobs_and_double_none(open_notebook: Open) -> None:
    key = f"key-{uuid.uuid4().hex}"
    with Service(40).start() as service:
        notebooks = [
            open_notebook(STUDIO.format(url=service.url, key=key, prompt=prompt))
            for prompt in ("from the first kernel", "from the second kernel")
        ]
        for notebook in notebooks:
            in_front(notebook).run_cell(0)
            StudioPage.within(notebook.output(0)).generate.wait_for(timeout=60_000)

        jobs = [
            StudioPage.within(in_front(notebook).output(0)).press_generate()
            for notebook in notebooks
        ]

        for notebook, job_id in zip(notebooks, jobs, strict=True):
            StudioPage.within(in_front(notebook).output(0)).wait_for_clips(job_id, 1)
        listed = "' '.join(sorted(job.id for job in lw.Library().jobs(status='completed')))"
        for notebook in map(in_front, notebooks):
            wait_until(
                lambda notebook=notebook: notebook.evaluate(listed) == repr(" ".join(sorted(jobs))),  # type: ignore[misc]
                "each kernel finds both jobs in the library",
            )
        assert service.submissions == 2
