"""What cells show on each generation of kernels: waits, errors, jobs as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.matrix.environments import PROJECT
from tests.support.service import Service

if TYPE_CHECKING:
    from pathlib import Path

    from tests.matrix.conftest import Serve, Started
    from tests.matrix.kernel import Cell, Kernel

CLIENT = "import legnext_widgets as lw\nclient = lw.Client()"
SUBMIT = """
job = client.video_diffusion("slow push", image_url="https://example.com/a.png", batch_size=1)
"""
IN_A_THREAD = """
import threading
waiting = threading.Thread(target=job.wait)
waiting.start()
"""


def lines(cell: Cell) -> list[str]:
    """The text of each display of a cell, but for a submission's on a busy machine."""
    texts = [str(shown.get("text/plain", "")) for shown in cell.displays]
    return [text for text in texts if not text.startswith("Sending") and "sent as job" not in text]


def test_a_wait_is_one_display_that_ends_in_its_last_state(start: Started, serve: Serve) -> None:
    with start(serve(speed=60)) as kernel:
        kernel.run(CLIENT + SUBMIT)

        cell = kernel.start("job.wait(); print('ended')")
        kernel.wait_until(lambda: kernel.updates > 1, "the line lives")
        assert "(as of " in lines(cell)[0]
        kernel.finish(cell)

        (last,) = lines(cell)
        assert last.startswith('"slow push" · ')
        assert " · completed · " in last
        assert last.endswith(" · 480 points")
        assert "slow push" in cell.displays[-1]["text/html"]
        assert cell.text == "ended\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("await job; None", "completed"),
        (f"{IN_A_THREAD}\nwaiting.join()", "completed"),
        ("client.submit_many([lw.Diffusion('a sea')] * 2); None", "2 of 2 done"),
        ("job.wait(progress=False).download('clips'); None", "1 video of "),
        ("job.wait(progress=False).videos[0].save('a.mp4'); None", "1 video of "),
    ],
    ids=["await", "thread", "many", "download", "save"],
)
def test_every_wait_is_shown(kept: Kernel, source: str, expected: str) -> None:
    # Not kept by the library before it is downloaded.
    kept.run(f"{CLIENT.replace('()', '(library=False)')}{SUBMIT}")
    cell = kept.run(source)

    shown = [line for line in lines(cell) if expected in line]
    assert len(shown) == 1, lines(cell)
    assert "as of" not in shown[0]
    kept.run("client.close()")


def test_a_thread_that_waits_after_its_cell_ended_still_updates_its_line(
    start: Started, serve: Serve
) -> None:
    with start(serve(speed=60)) as kernel:
        cell = kernel.run(CLIENT + SUBMIT + IN_A_THREAD)
        kernel.run("waiting.join()")
        kernel.wait_until(lambda: " · completed · " in lines(cell)[0], "it is in its last state")


def test_silence_is_kept_and_a_callable_is_called(start: Started, serve: Serve) -> None:
    with start(serve(speed=120)) as kernel:
        cell = kernel.run(f"{CLIENT}{SUBMIT}job.wait(progress=False); None")
        assert lines(cell) == []
        cell = kernel.run(f"{SUBMIT}job.wait(progress=print); None")
        assert lines(cell) == []
        assert " · completed · " in cell.text.splitlines()[-1]


def test_an_interrupted_wait_says_what_goes_on(start: Started, serve: Serve) -> None:
    with start(serve(speed=1)) as kernel:
        kernel.run(CLIENT + SUBMIT)
        cell = kernel.start("job.wait()")
        kernel.wait_until(lambda: cell.displays, "the line is there")
        kernel.interrupt()
        kernel.wait_until(lambda: cell.status, "the cell has ended")
        (line,) = lines(cell)
        assert line.endswith("it continues at the service")


def test_a_notebook_that_is_executed_keeps_one_last_line(tmp_path: Path) -> None:
    with Service(60).start() as service:
        code = nbformat.v4.new_code_cell(f"{CLIENT}{SUBMIT}job.wait(); None")
        notebook = nbformat.v4.new_notebook(cells=[code])
        variables = {**service.variables, "LEGNEXT_LIBRARY": str(tmp_path / "library")}
        executed = execute(notebook, tmp_path, variables)

    outputs = executed.cells[0].outputs
    (output,) = [one for one in outputs if "sent as job" not in one["data"]["text/plain"]]
    assert output["output_type"] == "display_data"
    assert " · completed · " in output["data"]["text/plain"]
    assert len(str(output["data"])) < 400


def execute(notebook: Any, folder: Path, variables: dict[str, str]) -> Any:
    """Runs a notebook as nbconvert and papermill do."""
    lines = "\n".join(f"os.environ[{name!r}] = {value!r}" for name, value in variables.items())
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"import os\n{lines}"))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    notebook.cells.pop(0)
    return notebook


FAIL = "def wait_for(job):\n    return job.wait(timeout=0.01)\n\nwait_for(job)"


def failed(kernel: Kernel, source: str) -> str:
    """Runs a cell that fails, and gives what it shows of its error."""
    cell = kernel.start(source)
    kernel.wait_until(lambda: cell.status, "the cell has ended")
    assert cell.status == "error"
    return cell.traceback


def test_an_error_is_the_person_s_line_the_message_and_what_to_do(
    start: Started, serve: Serve
) -> None:
    service = serve(speed=1)
    with start(service) as kernel:
        kernel.run(CLIENT + SUBMIT)

        own, message, advice = failed(kernel, FAIL).splitlines()
        assert own.startswith("Cell")
        assert own.endswith("line 2:  return job.wait(timeout=0.01)")
        assert message.startswith("JobTimeoutError: Job ")
        assert "It continues at the service" in message
        assert advice == "(%tb shows the full traceback.)"

        service.refuse(402, "no credits")
        own, message, advice = failed(kernel, SUBMIT.strip()).splitlines()
        assert "client.video_diffusion(" in own
        assert message.startswith("InsufficientCreditsError: 402: ")
        assert advice.startswith("Add credits to the account")

        shown = failed(kernel, "client.video_diffusion('waves', image_url='x')").splitlines()
        assert shown[1].startswith("InvalidInputError: ")
        assert shown[2].startswith("Nothing was sent.")


def test_the_whole_traceback_is_one_command_away(start: Started, serve: Serve) -> None:
    with start(serve(speed=1)) as kernel:
        kernel.run(CLIENT + SUBMIT)
        failed(kernel, FAIL)

        whole = failed_or_shown(kernel, "%tb")
        assert "wait_for(job)" in whole
        assert "client/handles/jobs.py" in whole.replace("\\", "/")
        kernel.run("%xmode Verbose")
        assert "client/handles/jobs.py" in failed(kernel, FAIL).replace("\\", "/")
        kernel.run("%xmode Context")
        assert len(failed(kernel, FAIL).splitlines()) == 3
        kernel.run("import os; os.environ['LEGNEXT_TRACEBACKS'] = 'full'")
        assert "client/handles/jobs.py" in failed(kernel, FAIL).replace("\\", "/")


def failed_or_shown(kernel: Kernel, source: str) -> str:
    """Runs a command that shows an error, whether that counts as a failed cell or not."""
    cell = kernel.start(source)
    kernel.wait_until(lambda: cell.status, "the cell has ended")
    return cell.traceback


def test_causes_and_notes_stay(start: Started, serve: Serve) -> None:
    source = """
try:
    1 / 0
except ZeroDivisionError as cause:
    error = lw.DownloadError("The file is gone.")
    error.add_note("A note.")
    raise error from cause
"""
    with start(serve()) as kernel:
        kernel.run("import legnext_widgets as lw")
        assert failed(kernel, source).splitlines()[1:4] == [
            "DownloadError: The file is gone.",
            "Caused by ZeroDivisionError: division by zero",
            "A note.",
        ]


VIEW = "application/vnd.jupyter.widget-view+json"


def test_a_job_as_a_value_is_a_live_card_that_goes_on_after_its_cell(
    start: Started, serve: Serve
) -> None:
    service = serve(speed=40)
    with start(service) as kernel:
        cell = kernel.run(f"{CLIENT}{SUBMIT}job")

        *_, copy, card = cell.displays
        assert card["text/plain"].startswith('<Job "slow push" ')
        assert "slow push" in card["text/html"]
        assert "<video" not in card["text/html"]
        model = kernel.model("gallery")
        assert card[VIEW]["model_id"] == model.comm_id
        kernel.send(model, type="sync", since=0)

        def seen(status: str) -> bool:
            return status in [job["status"] for job in model.jobs.values()]

        kernel.wait_until(lambda: seen("completed"), "the card shows the end", 60)
        (job,) = model.jobs.values()
        assert (job["prompt"], len(job["media"])) == ("slow push", 1)
        # Its clip comes through the kernel where the browser cannot reach it.
        request = {"type": "media", "job_id": job["id"], "index": 0, "kind": "video"}
        kernel.send(model, **request, pull="one", offset=0)
        kernel.wait_until(
            lambda: any(said["type"] in ("media", "chunk") for said in model.heard), "bytes came"
        )
        kernel.wait_until(lambda: "completed" in copy["text/html"], "the copy shows the end, too")


def test_a_video_as_a_value_is_that_video_alone(start: Started, serve: Serve) -> None:
    with start(serve(speed=120)) as kernel:
        submit = SUBMIT.replace("batch_size=1", "batch_size=4")
        kernel.run(f"{CLIENT}{submit}job.wait(progress=False); None")
        kernel.run("job.videos[2]")
        model = kernel.model("gallery")
        kernel.send(model, type="sync", since=0)
        kernel.wait_until(lambda: model.jobs, "its job came")
        (job,) = model.jobs.values()
        assert [one["index"] for one in job["media"]] == [2]


def test_a_long_list_shows_twelve_and_how_many_more(start: Started, serve: Serve) -> None:
    source = """
from tests.support.task_factory import task
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.client.display.lists import ReprList
jobs = ReprList(
    lw.Job(None, JobState(name, task=Task.of(task(name, "completed"))))
    for name in (f"97fda74c-0000-4000-8000-{n:012}" for n in range(106))
)
jobs
"""
    with start(serve(), PYTHONPATH=str(PROJECT)) as kernel:
        cell = kernel.run(f"import legnext_widgets as lw\n{source}")
        text = cell.displays[-1]["text/plain"]
        assert text.count("<Job ") == 12
        assert text.endswith("] and 94 more")
        model = kernel.model("gallery")
        kernel.send(model, type="sync", since=0)
        kernel.wait_until(lambda: len(model.jobs) == 12, "twelve jobs came")
        labels = [m.state.get("value") for m in kernel.models.values()]
        assert "and 94 more" in labels
        assert "".join(d.get("text/html", "") for d in cell.displays).count("<video") == 0


def test_a_card_whose_cell_ran_again_is_closed(start: Started, serve: Serve) -> None:
    with start(serve(speed=120)) as kernel:
        kernel.run(f"{CLIENT}{SUBMIT}job")
        first = kernel.model("gallery")
        kernel.send(first, type="view", view="one", open=True)
        kernel.send(first, type="view", view="one", open=False)
        kernel.run("pass")
        kernel.run("job")
        kernel.wait_until(lambda: not first.open, "it is closed")
        assert kernel.model("gallery").open
