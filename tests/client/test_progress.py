"""What a person sees while a call waits, where it is shown, and where it is not."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.progress import displays
from legnext_widgets.client.progress.displays import TerminalDisplay
from legnext_widgets.client.progress.report import ProgressReport, quoted, size_of, time_of
from legnext_widgets.client.progress.waits import Download, JobWait, ManyJobs
from legnext_widgets.client.schedule import Expectation
from legnext_widgets.client.session.job_state import JobState
from tests.support.raw_service import Reply
from tests.support.service import Service
from tests.support.task_factory import task
from tests.support.terminal import Terminal, needs_terminal
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB = "97fda74c-0000-4000-8000-00000000abcd"
LINK = "https://example.com/a.png"
PROMPT = "slow push towards the lighthouse"

SCRIPT = """
import legnext_widgets as lw
with lw.Client(library=False) as client:
    job = client.video_diffusion("slow push", image_url="https://example.com/a.png", batch_size=1)
    print("submitted", flush=True)
    job.wait({wait})
    client.submit_many([lw.Diffusion("a sea"), lw.Diffusion("a hill")])
    job.download("clips")
print("end")
"""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(120).start() as started:
        yield started


def state(status: str, **more: Any) -> JobState:
    request = lw.VideoDiffusion(f"{LINK} {PROMPT} --motion high")
    made = JobState(JOB, request=request, task=Task.of(task(JOB, status, **more)))
    made.seen_at -= 72
    return made


def line(wait: Any, elapsed: float = 72, ending: Any = "") -> str:
    return str(wait.report(elapsed, ending))


def test_a_running_job_is_described_by_words_status_time_and_points() -> None:
    job = state("processing")
    job.expected = Expectation(205.0, 0.25)

    shown = line(JobWait(job))

    assert shown.startswith(f'"{PROMPT}" · 97fda74c · processing · 1:12, about ')
    assert shown.endswith(" left · 480 points")


@pytest.mark.parametrize(
    ("status", "ending", "shown"),
    [
        ("completed", "done", f'"{PROMPT}" · 97fda74c · completed · 2:36 · 480 points'),
        (
            "processing",
            "stopped",
            f'"{PROMPT}" · 97fda74c · processing · 1:12 · 480 points · it continues at the service',
        ),
    ],
)
def test_the_last_line_of_a_wait_says_how_it_ended(status: str, ending: str, shown: str) -> None:
    assert line(JobWait(state(status)), ending=ending) == shown


def test_many_jobs_are_counted() -> None:
    jobs = [state("completed"), state("failed"), state("processing"), state("pending")]
    wait = ManyJobs(lambda: jobs, 7, lambda: 1)

    assert wait.pending
    report = wait.report(60, "")
    assert str(report) == (
        "3 of 7 done · 2 running · 2 failed · 1:00, about 1:20 left · 1,920 points"
    )
    assert (report.done, report.total, report.fraction) == (3, 7, 3 / 7)
    assert "2 not sent" in line(wait, ending="stopped")


def test_jobs_of_unknown_outcome_are_not_counted_as_failed() -> None:
    wait = ManyJobs(lambda: [state("completed")], 4, lambda: 1, lambda: 2)

    assert not wait.pending
    assert "4 of 4 done · 1 failed · 2 with unknown outcome" in line(wait, ending="done")


def test_bytes_of_a_download_are_added_up() -> None:
    both = Download("2 videos", 2)
    first, second = both.counter(0), both.counter(1)
    first(1_000_000, 2_000_000)
    assert line(both, 1) == "2 videos · 1.0 MB · 0:01"  # the second is not known yet
    second(1_000_000, 2_000_000)
    assert line(both, 2) == "2 videos · 2.0 of 4.0 MB · 0:02"
    assert both.report(3, "").fraction == 0.5
    assert line(both, 3, "done") == "2 videos · 2.0 MB · 0:03"


def test_hostile_words_stay_words() -> None:
    assert quoted("a\x1b[2Jb\n\rc \u202ed") == '"a [2Jb c d"'
    assert len(quoted("x" * 500)) == 50
    assert [time_of(s) for s in (0, 59.9, 61, 3723)] == ["0:00", "0:59", "1:01", "1:02:03"]
    assert [size_of(500), size_of(2_500_000, 5_000_000)] == ["0.5 KB", "2.5 of 5.0 MB"]


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def report(text: str, *, ended: bool = False) -> ProgressReport:
    return ProgressReport("wait", text, 1.0, ended=ended)


def test_a_terminal_s_line_is_written_over_and_never_wraps(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    tty = Tty()
    display = TerminalDisplay(tty)
    display.show(report("a long line that would wrap"))
    display.show(report("海の波が岸に打ち寄せる様子"))
    display.show(report("short", ended=True))

    *lines, last = tty.getvalue().split("\r")[1:]
    assert all(displays.width_of(one) <= 19 for one in lines)
    assert last.rstrip(" \n") == "short"
    assert displays.width_of(last.rstrip("\n")) >= displays.width_of(lines[-1].rstrip())
    assert tty.getvalue().endswith("\n")


class ClosedTerminal(io.StringIO):
    """A terminal that goes away."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_goes_away_leaves_the_line_to_another_wait() -> None:
    with pytest.raises(OSError, match="Input/output"):
        TerminalDisplay(ClosedTerminal()).show(ProgressReport("wait", "first", 1))
    stream = io.StringIO()
    other = TerminalDisplay(stream)
    other.show(ProgressReport("wait", "second", 1))
    other.show(ProgressReport("wait", "second, done", 2, ended=True))

    assert stream.getvalue().split("\r") == ["", "second", "second, done\n"]


def test_of_two_waits_on_one_terminal_one_line_lives_and_both_ends_stay() -> None:
    tty = Tty()
    first, second = TerminalDisplay(tty), TerminalDisplay(tty)
    first.show(report("first"))
    second.show(report("second"))
    assert "second" not in tty.getvalue()
    first.show(report("first ended", ended=True))
    second.show(report("second ended", ended=True))

    assert [text.strip() for text in tty.getvalue().splitlines() if text.strip()][-2:] == [
        "first ended",
        "second ended",
    ]
    third = TerminalDisplay(tty)
    third.show(report("third"))
    assert tty.getvalue().endswith("\rthird")
    third.show(report("", ended=True))


def test_what_a_notebook_shows_says_when_it_was_true_and_is_escaped() -> None:
    now = datetime(2026, 1, 1, 14, 3, tzinfo=UTC)
    shown = displays.as_bundle(report("<b>sea</b>"), now)
    assert shown["text/plain"] == "<b>sea</b> (as of 14:03)"
    assert "<b>" not in shown["text/html"]
    assert displays.as_bundle(report("end", ended=True), now)["text/plain"] == "end"


@pytest.mark.parametrize(
    ("variables", "forced", "shown"),
    [
        ({}, False, True),
        ({"CI": "true"}, False, False),
        ({"CI": "false"}, False, True),
        ({"CI": "true"}, True, True),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_a_person_looks_at_a_terminal_that_is_not_ci_s(variables, forced, shown) -> None:
    assert displays.is_terminal(Tty(), variables, forced=forced) is shown
    assert not displays.is_terminal(io.StringIO(), variables, forced=True)
    closed = io.StringIO()
    closed.close()
    assert not displays.is_terminal(closed, variables)


def run_script(service: Service, folder: Path, **variables: str) -> Terminal:
    script = folder / "script.py"
    script.write_text(SCRIPT.format(wait=""))
    given = {**os.environ, **service.variables, **variables}
    given.pop("CI", None)
    os.chdir(folder)
    return Terminal([sys.executable, str(script)], given | variables)


@needs_terminal
def test_a_terminal_shows_each_wait_in_one_line_that_stays_in_its_last_state(
    service: Service, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with run_script(service, tmp_path) as terminal:
        assert terminal.end() == 0, terminal.written

    # On a busy machine the submission takes more than a second and is shown, too.
    shown = [row for row in terminal.screen if "sent as job" not in row]
    submitted, waited, many, download, end, _ = shown
    assert (submitted, end) == ("submitted", "end")
    assert waited.startswith('"slow push" · ')
    assert " · completed · " in waited
    assert waited.endswith(" · 480 points")
    assert many.startswith("2 of 2 done · ")
    assert download.startswith('1 video of "slow push" ')
    assert "B · " in download
    assert "processing" in terminal.written  # the line lived


@needs_terminal
@pytest.mark.parametrize("variables", [{"CI": "1"}, {"LEGNEXT_PROGRESS": "0"}])
def test_a_terminal_of_ci_and_a_person_who_wants_none_see_none(
    service: Service, tmp_path: Path, monkeypatch, variables: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with run_script(service, tmp_path, **variables) as terminal:
        assert terminal.end() == 0, terminal.written
    assert terminal.screen == ["submitted", "end", ""]


@needs_terminal
def test_ctrl_c_ends_the_line_with_what_goes_on(
    service: Service, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Service(1).start() as slow, run_script(slow, tmp_path) as terminal:
        terminal.read_until("pending")
        terminal.interrupt()
        terminal.end()
    shown = "\n".join(terminal.screen)
    assert "it continues at the service\nTraceback" in shown


def test_a_script_without_a_terminal_writes_nothing_and_logs_what_changes(
    service: Service, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(wait=""))
    logged = tmp_path / "logged.py"
    logged.write_text(
        "import logging\nlogging.basicConfig(level=logging.INFO)\n" + script.read_text()
    )

    quiet = run(script, service)
    assert (quiet.stdout.split(), quiet.stderr) == (["submitted", "end"], "")
    lines = [one for one in run(logged, service).stderr.splitlines() if "legnext_widgets" in one]
    # On a busy machine the submission takes more than a second and is logged, too.
    lines = [one for one in lines if "Sending" not in one and "sent as job" not in one]
    assert len(lines) == 6, lines  # the beginning and the end of three waits


def run(script: Path, service: Service) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **service.variables, "PYTHONUTF8": "1"},
        cwd=script.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_a_callable_is_called_with_reports_of_every_wait(stub, driver) -> None:
    seen: list[ProgressReport] = []
    client = driver.client(KEY, base_url=stub.url, library=False, progress=seen.append)
    job = client.diffusion("a sea")
    waiting = threading.Thread(target=job.wait, args=(20,))
    waiting.start()
    wait_until(lambda: seen, "the wait is reported")
    stub.jobs[job.id] = task(job.id, "completed", kind="diffusion")
    waiting.join()

    assert {one.action for one in seen} == {"wait"}
    assert str(seen[0]).startswith('"a sea" · ')
    assert [one.ended for one in seen] == [False] * (len(seen) - 1) + [True]
    assert "completed" in seen[-1].text


def test_a_call_s_own_progress_goes_before_the_client_s(stub, driver) -> None:
    of_client: list[Any] = []
    of_call: list[Any] = []
    client = driver.client(KEY, base_url=stub.url, library=False, progress=of_client.append)
    job = client.diffusion("a sea")
    stub.polls = [Reply(body=task(job.id, "processing")), Reply(body=task(job.id, "completed"))]
    job.wait(20, progress=of_call.append)
    assert of_call
    assert not of_client

    other = client.diffusion("a sea")
    stub.jobs[other.id] = task(other.id, "completed")
    stub.posts, stub.jobs[JOB] = [Reply(body=task(JOB))], task(JOB, "completed")
    counted: list[Any] = []
    client.submit_many([lw.Diffusion("x")], progress=lambda *counts: counted.append(counts))
    other.wait(20, progress=False)
    wait_until(lambda: counted == [(1, 1)], "the batch was counted")
    assert not of_client


def test_a_wait_for_what_is_done_shows_nothing(client, stub) -> None:
    job = client.diffusion("a sea")
    stub.jobs[job.id] = task(job.id, "completed")
    job.wait(20)
    seen: list[Any] = []

    job.wait(progress=seen.append)

    assert seen == []


def test_a_callable_that_raises_ends_no_wait(client, stub, caplog) -> None:
    job = client.diffusion("a sea")
    stub.polls = [Reply(body=task(job.id, "processing")), Reply(body=task(job.id, "completed"))]

    def fail(_: object) -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        assert job.wait(20, progress=fail).done
    assert "cannot be shown" in caplog.text


def test_a_callable_that_raises_later_leaves_no_thread_behind(client, stub) -> None:
    stub.posts = [Reply(body=task(JOB))]
    stub.jobs[JOB] = task(JOB, "processing")
    job = client.video_diffusion(PROMPT, image_url=LINK)
    called = threading.Semaphore(0)

    def fail_the_second_time(report: ProgressReport) -> None:
        called.release()
        if report.elapsed > 0.1:
            raise RuntimeError("no more")

    def waits() -> int:
        return sum(thread.name == "legnext-progress" for thread in threading.enumerate())

    with pytest.raises(lw.JobTimeoutError):
        job.wait(2, progress=fail_the_second_time)

    assert called.acquire(blocking=False)
    wait_until(lambda: not waits(), "the thread has ended")


def test_a_slow_submission_is_shown_after_a_second_and_a_quick_one_is_not(stub, driver) -> None:
    seen: list[ProgressReport] = []
    client = driver.client(KEY, base_url=stub.url, library=False, progress=seen.append)
    client.diffusion("a sea")
    assert seen == []

    go = threading.Event()
    stub.posts = [Reply(body=task(JOB, kind="diffusion"), hold=go)]
    sending = threading.Thread(target=client.diffusion, args=("a hill",))
    sending.start()
    wait_until(lambda: seen, "it is shown")
    go.set()
    sending.join()

    assert str(seen[0]).startswith('Sending: "a hill" · 0:0')
    assert str(seen[-1]).startswith('"a hill" · sent as job 97fda74c · ')
    assert seen[-1].ended


def test_what_is_no_progress_is_refused(stub) -> None:
    with pytest.raises(TypeError, match="progress must be"):
        lw.Client(KEY, base_url=stub.url, library=False, progress="yes")  # type: ignore[arg-type]


def test_a_copy_of_a_client_shows_its_waits_as_it_is_asked(stub) -> None:
    with lw.Client(KEY, base_url=stub.url, library=False, progress=False) as client:
        assert client.with_options(timeout=3).config.progress is False
        assert client.with_options(progress=None).config.progress is None


async def test_waits_of_one_loop_are_reported_on_that_loop(stub) -> None:
    threads: set[int] = set()

    def note(_: object) -> None:
        threads.add(threading.get_ident())

    async with quick(lw.AsyncClient(KEY, base_url=stub.url, library=False)) as client:
        job = await client.diffusion("a sea")
        waiting = asyncio.create_task(job.wait(20, progress=note))
        async with asyncio.timeout(10):
            while not threads:
                await asyncio.sleep(0.01)
        stub.jobs[job.id] = task(job.id, "completed")
        await waiting

    assert threads == {threading.get_ident()}


def test_jobs_and_videos_say_their_words() -> None:
    job = lw.Job(None, state("completed"))

    assert repr(job) == f'<Job "{PROMPT}" completed, 4 videos, 97fda74c>'
    assert job.prompt == job.videos[2].prompt == PROMPT
    assert repr(job.videos[2]) == f'<Video 2 of "{PROMPT}", 97fda74c>'
    assert repr(lw.Job(None, JobState(JOB))) == "<Job job unknown, 97fda74c>"


def test_a_request_s_words_have_one_name() -> None:
    assert lw.Diffusion("a sea").prompt == "a sea"
    assert lw.VideoUpscale(JOB, 0).prompt is None
    upscale = JobState(JOB, request=lw.VideoUpscale(JOB, 0), task=Task.of(task(JOB, "failed")))
    assert repr(lw.Job(None, upscale)) == "<Job video diffusion failed, 97fda74c>"
    taken_over = task(JOB, "processing") | {"input": {"prompt": f"{LINK} waves --loop"}}
    assert lw.Job(None, JobState(JOB, task=Task.of(taken_over))).prompt == "waves"
