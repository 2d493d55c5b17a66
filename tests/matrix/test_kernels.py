"""Comm, updates and waiting on each generation of kernels, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.matrix.kernel import parsed

if TYPE_CHECKING:
    from tests.matrix.conftest import Serve, Started
    from tests.matrix.kernel import Cell, Kernel, Model

SHOW = "import legnext_widgets as lw\nstudio = lw.VideoStudio(batch_size=1)\nstudio"
SUBMIT = """
job = studio.client.video_diffusion("a kite", image_url="https://example.com/a.png", batch_size=1)
"""
INPUTS = {
    "source": "image_url",
    "prompt": "waves against a pier",
    "image_url": "https://example.com/pier.png",
    "batch_size": 1,
}
SHOW_IN_A_BOX = """
import ipywidgets, json
from IPython.utils.capture import capture_output
with capture_output() as captured:
    display(ipywidgets.VBox([ipywidgets.Accordion([studio])]))
print(json.dumps([output.data for output in captured.outputs]))
"""
BLOCK = """
import pathlib, time
print("began")
while not pathlib.Path("go").exists():
    time.sleep(0.05)
"""
AWAIT = """
import asyncio, pathlib
print("began")
while not pathlib.Path("go").exists():
    await asyncio.sleep(0.05)
"""
NESTED = """
import asyncio, pathlib
lw.allow_nested_asyncio()
async def wait():
    print("began")
    while not pathlib.Path("go").exists():
        await asyncio.sleep(0.05)
    return "nested"
print(asyncio.run(wait()))
"""
THREADS = "import threading; print([thread.name for thread in threading.enumerate()])"
ENGINES = """
import threading
print([thread.name for thread in threading.enumerate()].count("legnext-client"))
"""
COLAB = """
import sys, types
colab = types.ModuleType("google.colab")
colab.output = types.SimpleNamespace(enable_custom_widget_manager=lambda: None)
colab.userdata = types.SimpleNamespace(get=lambda name: None)
google = types.ModuleType("google")
google.colab = colab
sys.modules["google"], sys.modules["google.colab"] = google, colab
"""


def click(kernel: Kernel, studio: Model, name: str) -> None:
    """Presses Generate."""
    kernel.send(studio, type="submit", click=name, inputs=INPUTS, takes="new")


def wait_for_jobs(kernel: Kernel, studio: Model, count: int) -> None:
    """Waits until the browser sees so many completed jobs."""

    def completed() -> bool:
        statuses = [job["status"] for job in studio.jobs.values()]
        return statuses.count("completed") >= count

    kernel.wait_until(completed, f"{count} jobs are seen completed", 60)
    assert len(studio.jobs) == count
    assert studio.gaps == []


def began(kernel: Kernel, source: str) -> Cell:
    """Starts a cell and waits until it says that it began."""
    cell = kernel.start(source)
    kernel.wait_until(lambda: "began" in cell.text or cell.status, "the cell began")
    assert cell.status is None, cell.error
    return cell


def go(kernel: Kernel, cell: Cell) -> None:
    """Lets a cell that waits end."""
    (kernel.home / "go").touch()
    kernel.finish(cell)


def test_a_click_while_the_kernel_is_idle_makes_one_job_that_is_seen_to_its_end(
    start: Started, serve: Serve
) -> None:
    service = serve()
    with start(service) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()

        click(kernel, studio, "once")
        click(kernel, studio, "once")

        wait_for_jobs(kernel, studio, 1)
        assert service.submissions == 1


def test_the_front_end_comes_while_the_studio_s_cell_itself_blocks(
    start: Started, serve: Serve
) -> None:
    with start(serve()) as kernel:
        cell = began(kernel, f"{SHOW}{BLOCK}")
        studio = kernel.model()

        def came() -> list[bool]:
            return ["js" in said for said in studio.heard if said["type"] == "front_end"]

        kernel.wait_until(lambda: any(came()), "the front end came")
        assert cell.status is None
        go(kernel, cell)
        before = len(came())
        kernel.send(studio, type="front_end", has=[studio.heard[0]["digest"]])
        kernel.wait_until(lambda: False in came()[before:], "a page that has it is answered")


def test_a_studio_in_a_box_has_its_copy_for_readers(start: Started, serve: Serve) -> None:
    with start(serve()) as kernel:
        kernel.run(SHOW)
        cell = kernel.run(SHOW_IN_A_BOX)

        copy, box = parsed(cell)
        assert copy == {"text/plain": ""}, "it keeps the place of what comes later"
        assert "application/vnd.jupyter.widget-view+json" in box


@pytest.mark.parametrize("source", [BLOCK, AWAIT], ids=["blocks", "awaits"])
def test_updates_arrive_while_a_cell_is_busy(start: Started, serve: Serve, source: str) -> None:
    service = serve(speed=60)
    with start(service) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        click(kernel, studio, "before")
        kernel.wait_until(lambda: studio.jobs, "the job is seen")

        cell = began(kernel, source)
        wait_for_jobs(kernel, studio, 1)

        assert cell.status is None
        go(kernel, cell)
        assert service.submissions == 1


@pytest.mark.parametrize("source", [BLOCK, AWAIT], ids=["blocks", "awaits"])
def test_clicks_while_a_cell_is_busy_are_not_lost(
    start: Started, serve: Serve, source: str
) -> None:
    service = serve()
    with start(service) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        cell = began(kernel, source)

        click(kernel, studio, "during")
        queued = kernel.start("print('queued')")
        go(kernel, cell)

        kernel.finish(queued)
        wait_for_jobs(kernel, studio, 1)
        assert service.submissions == 1


@pytest.mark.parametrize("how", ["job.wait()", "await job"])
def test_waiting_in_a_cell_ends_with_the_job_and_updates_arrive_meanwhile(
    start: Started, serve: Serve, how: str
) -> None:
    with start(serve(speed=60)) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()

        cell = kernel.start(f"{SUBMIT}{how}\nprint(job.status, len(job.videos))")
        seen: set[str] = set()

        def watch() -> bool:
            seen.update(job["status"] for job in studio.jobs.values() if cell.status is None)
            return cell.status is not None

        kernel.wait_until(watch, "the cell has ended", 60)

        assert (cell.status, cell.text) == ("ok", "completed 1\n"), cell.error
        assert seen & {"pending", "staged", "processing"}
        wait_for_jobs(kernel, studio, 1)


def test_asyncio_run_in_a_cell_works_and_loses_nothing_or_says_why_not(
    start: Started, serve: Serve
) -> None:
    service = serve()
    with start(service) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        generation, has_patch = parsed(
            kernel.run(
                "import importlib.util, ipykernel, json\n"
                "found = importlib.util.find_spec('nest_asyncio2') is not None\n"
                "print(json.dumps([ipykernel.version_info[0], found]))"
            )
        )
        if generation >= 7 and not has_patch:
            cell = kernel.start(NESTED)
            kernel.wait_until(lambda: cell.status, "the cell has ended")
            assert cell.status == "error"
            assert "nest-asyncio2" in cell.error
        else:
            cell = began(kernel, NESTED)
            click(kernel, studio, "first")
            queued = kernel.start("print('queued')")
            click(kernel, studio, "again, if the first is refused as on its way")
            go(kernel, cell)
            assert "nested" in cell.text
            kernel.finish(queued)
            kernel.wait_until(lambda: studio.jobs, "the click was taken")

        wait_until_settled(kernel, studio)
        before = service.submissions
        click(kernel, studio, "afterwards")
        kernel.wait_until(lambda: service.submissions == before + 1, "the click is sent")
        wait_for_jobs(kernel, studio, before + 1)


def wait_until_settled(kernel: Kernel, studio: Model) -> None:
    """Waits until no request is on its way."""
    kernel.run("assert True")
    kernel.wait_until(lambda: not studio.state["busy"], "no request is on its way")


@pytest.mark.parametrize("how", ["job.wait()", "await job"])
def test_an_interrupted_wait_leaves_the_job_running_and_followed(
    start: Started, serve: Serve, how: str
) -> None:
    service = serve(speed=60)
    with start(service) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        kernel.run(SUBMIT)
        kernel.wait_until(lambda: studio.jobs, "the job is seen")

        cell = began(kernel, f"print('began')\n{how}")
        kernel.interrupt()
        kernel.wait_until(lambda: cell.status, "the cell has ended")

        assert cell.status == "error"
        assert cell.error.startswith(("KeyboardInterrupt", "CancelledError"))
        wait_for_jobs(kernel, studio, 1)
        assert kernel.run("print(job.wait().status)").text == "completed\n"
        assert service.submissions == 1


def test_after_a_restart_the_job_is_taken_up_again_and_ends(start: Started, serve: Serve) -> None:
    service = serve(speed=40)
    with start(service) as kernel:
        kernel.run(SHOW)
        click(kernel, kernel.model(), "before the restart")
        kernel.wait_until(lambda: kernel.model().jobs, "the job is seen")
        job_ids = set(kernel.model().jobs)

        kernel.restart()
        kernel.run(SHOW)

        studio = kernel.model()
        wait_for_jobs(kernel, studio, 1)
        assert set(studio.jobs) == job_ids
        assert service.submissions == 1


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"cellId": "the studio's"}, id="named by Jupyter"),
        pytest.param(
            {"colab": {"cell_id": "the studio's"}}, id="named by Colab", marks=pytest.mark.slow
        ),
    ],
)
def test_running_a_cell_again_goes_on_with_its_client_instead_of_a_second_one(
    start: Started, serve: Serve, metadata: dict[str, Any]
) -> None:
    service = serve(speed=60)
    with start(service) as kernel:
        kernel.run(SHOW, metadata=metadata)
        first = kernel.model()
        click(kernel, first, "before")
        kernel.wait_until(lambda: first.jobs, "the job is seen")
        kernel.run("old_job = studio.client.jobs[0]")

        kernel.run(SHOW, metadata=metadata)

        kernel.wait_until(lambda: not first.open, "the earlier studio is closed")
        wait_for_jobs(kernel, kernel.model(), 1)
        assert kernel.run("print(old_job.wait().status)").text == "completed\n"
        assert kernel.run(ENGINES).text == "1\n"
        assert service.submissions == 1


def tell_of_view(kernel: Kernel, studio: Model, *, there: bool) -> None:
    """Says what a studio's view does when it is drawn, and when its cell runs again."""
    kernel.send(studio, type="view", view="the only one", open=there)
    wanted = f"print(studio._views.all_closed is {not there})"
    kernel.wait_until(lambda: kernel.run(wanted).text == "True\n", "the kernel heard of the view")


def test_where_no_cell_is_named_a_studio_that_is_gone_from_view_is_continued(
    start: Started, serve: Serve
) -> None:
    service = serve(speed=60)
    with start(service) as kernel:
        kernel.run(SHOW)
        first = kernel.model()
        tell_of_view(kernel, first, there=True)
        click(kernel, first, "before")
        kernel.wait_until(lambda: first.jobs, "the job is seen")
        kernel.run("old_job = studio.client.jobs[0]")
        tell_of_view(kernel, first, there=False)

        kernel.run(SHOW.replace("batch_size=1", "batch_size=2"))

        kernel.wait_until(lambda: not first.open, "the earlier studio is closed")
        wait_for_jobs(kernel, kernel.model(), 1)
        assert kernel.run("print(old_job.wait().status)").text == "completed\n"
        assert kernel.run(ENGINES).text == "1\n"
        assert service.submissions == 1


def test_where_no_cell_is_named_a_studio_that_is_seen_or_held_goes_on(
    start: Started, serve: Serve
) -> None:
    service = serve(speed=60)
    with start(service) as kernel:
        kernel.run(SHOW)
        seen = kernel.model()
        tell_of_view(kernel, seen, there=True)
        kernel.run(SHOW)
        held = kernel.model()
        assert held is not seen
        tell_of_view(kernel, held, there=True)
        tell_of_view(kernel, held, there=False)
        kernel.run("kept = [studio]")

        kernel.run(SHOW)

        assert kernel.run(ENGINES).text == "3\n"
        assert seen.open
        click(kernel, held, "still answered")
        wait_for_jobs(kernel, held, 1)
        assert service.submissions == 1


def test_a_closed_studio_leaves_no_thread_and_no_poller(start: Started, serve: Serve) -> None:
    service = serve(speed=1)
    with start(service) as kernel:
        kernel.run(SHOW)
        click(kernel, kernel.model(), "seen to its beginning only")
        kernel.wait_until(lambda: kernel.model().jobs, "the job is seen")

        kernel.run("studio.close()")

        left = kernel.run(
            "import json, threading, time\nend = time.monotonic() + 20\ndef left():\n"
            "    return [t.name for t in threading.enumerate() if t.name.startswith('legnext')]\n"
            "while left() and time.monotonic() < end: time.sleep(0.05)\nprint(json.dumps(left()))"
        )
        assert parsed(left) == []


@pytest.mark.parametrize("how", ["job.wait()", "await job"])
def test_publishing_from_the_main_loop_goes_on_between_cells_and_while_one_awaits(
    start: Started, serve: Serve, how: str
) -> None:
    service = serve(speed=60)
    with start(service, LEGNEXT_PUBLISH_FROM="main_loop") as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        cell = kernel.start(f"{SUBMIT}{how}\nprint(job.status)")
        seen: set[str] = set()

        def watch() -> bool:
            seen.update(job["status"] for job in studio.jobs.values() if cell.status is None)
            return cell.status is not None

        kernel.wait_until(watch, "the cell has ended", 60)
        assert (cell.status, cell.text) == ("ok", "completed\n"), cell.error
        if how == "await job":
            assert seen & {"pending", "staged", "processing"}
        wait_for_jobs(kernel, studio, 1)

        click(kernel, studio, "afterwards")
        wait_for_jobs(kernel, studio, 2)
        assert service.submissions == 2
        assert "legnext-VideoStudio" not in kernel.run(THREADS).text


def test_in_colab_updates_come_while_a_cell_blocks(start: Started, serve: Serve) -> None:
    service = serve(speed=60)
    with start(service) as kernel:
        kernel.run(COLAB)
        kernel.run(SHOW)
        studio = kernel.model()
        click(kernel, studio, "before")
        kernel.wait_until(lambda: studio.jobs, "the job is seen")

        cell = began(kernel, BLOCK)
        wait_for_jobs(kernel, studio, 1)

        assert cell.status is None
        go(kernel, cell)
        assert "legnext-VideoStudio" in kernel.run(THREADS).text


def test_what_a_page_asks_for_carries_its_request_as_parent(start: Started, serve: Serve) -> None:
    with start(serve(), subshell=False) as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        wait_until_settled(kernel, studio)
        pull = {"pull": "p", "job_id": "none", "media": "video", "index": 0, "chunk": 0}
        for asked in (
            {"type": "front_end"},
            {"type": "sync", "since": 0},
            {"type": "media", **pull},
        ):
            studio.heard.clear()
            request = kernel.send(studio, **asked)
            # A thread that answers now names the cell, which is what the kernel has read last.
            following = kernel.start("import time; time.sleep(0.3)")

            def answered(kind: str = str(asked["type"]).replace("sync", "jobs")) -> bool:
                return any(message["type"] == kind for message in studio.heard)

            kernel.wait_until(answered, "the answer came")
            assert set(studio.parents[-len(studio.heard) :]) == {request}, asked
            kernel.finish(following)


def test_an_interrupted_wait_on_the_main_loop_loses_nothing(start: Started, serve: Serve) -> None:
    service = serve(speed=60)
    with start(service, LEGNEXT_PUBLISH_FROM="main_loop") as kernel:
        kernel.run(SHOW)
        studio = kernel.model()
        kernel.run(SUBMIT)
        cell = began(kernel, "print('began')\njob.wait()")
        kernel.wait_until(lambda: studio.jobs, "the job is seen")

        kernel.interrupt()
        kernel.wait_until(lambda: cell.status, "the cell has ended")

        assert cell.error.startswith("KeyboardInterrupt")
        wait_for_jobs(kernel, studio, 1)
        assert kernel.run("print(job.wait().status)").text == "completed\n"
