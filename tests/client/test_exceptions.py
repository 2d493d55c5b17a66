"""Only errors of this package, ValueError, TypeError and TimeoutError come out of a public call."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.responses import Response
from legnext_widgets.client.session.identity import Identity
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.client.session.retry import RetryPolicy
from legnext_widgets.client.session.store import Attempt
from legnext_widgets.client.session.submission.post import Outcome, OutcomeUnknownError, send
from legnext_widgets.files import fit_name
from tests.library import job_factory
from tests.support import mp4
from tests.support.raw_service import Reply
from tests.support.report import note_situation
from tests.support.task_factory import task

from .both_clients import quick
from .conftest import KEY
from .recording_store import RecordingStore

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
IMAGE = "5f0c8a1e-0000-4000-8000-00000000abce"
LINK = "https://example.com/sea.jpg"
ALLOWED = (lw.LegnextError, ValueError, TypeError, TimeoutError)

FAULTS = [
    OSError(28, "No space left on device"),
    PermissionError(13, "Permission denied", "/somewhere"),
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.DatabaseError("file is not a database"),
    httpx.ReadError("reset"),
    httpx.InvalidURL("no url"),
    RuntimeError("cannot schedule new futures after shutdown"),
    KeyError("a key"),
    AttributeError("a closed loop"),
]

CALLS: dict[str, Callable[[Any, Any, Path], Any]] = {
    "video_diffusion": lambda c, j, p: c.video_diffusion("waves", image_url=LINK),
    "extend_video": lambda c, j, p: c.extend_video(JOB, 0),
    "video_upscale": lambda c, j, p: c.video_upscale(JOB, 0),
    "diffusion": lambda c, j, p: c.diffusion("a fox"),
    "submit": lambda c, j, p: c.submit(lw.Diffusion("a fox")),
    "submit_many": lambda c, j, p: c.submit_many([lw.Diffusion("a fox")] * 2),
    "resume_many": lambda c, j, p: c.resume_many(),
    "job": lambda c, j, p: c.job(IMAGE),
    "jobs": lambda c, j, p: c.jobs,
    "balance": lambda c, j, p: c.balance(),
    "active_tasks": lambda c, j, p: c.active_tasks(),
    "with_options": lambda c, j, p: c.with_options(timeout=1, library=False).close(),
    "Job.wait": lambda c, j, p: j.wait(0.5),
    "Job.refresh": lambda c, j, p: j.refresh(),
    "Job.watch": lambda c, j, p: j.watch(print)(),
    "Job.extend": lambda c, j, p: j.extend(0),
    "Job.upscale": lambda c, j, p: j.upscale(0),
    "Job.animate": lambda c, j, p: j.animate(0, "waves"),
    "Job.download": lambda c, j, p: j.download(p),
    "Job.videos": lambda c, j, p: [(v.url, v.kept, v.expired, repr(v)) for v in j.videos],
    "Job shown": lambda c, j, p: j._repr_html_(),
    "Video.save": lambda c, j, p: [video.save(p / "a.mp4") for video in j.videos],
    "Video.read": lambda c, j, p: [video.read() for video in j.videos],
    "close": lambda c, j, p: c.close(),
}


def only_ours(call: Callable[[], Any]) -> None:
    try:
        call()
    except ALLOWED as error:
        assert not isinstance(error, httpx.HTTPError | sqlite3.Error)  # noqa: PT017
        assert str(error).strip()  # noqa: PT017


def job_of(client: lw.Client) -> lw.Job:
    found = client.job(JOB)
    client.runtime.run(client.session.refresh(found.state))
    return found


class FailingStore(RecordingStore):
    """Raises the same error wherever it is asked for something, once it is switched on."""

    fault: Exception | None = None

    async def _note(self, *_: Any) -> None:
        if self.fault is not None:
            raise self.fault

    def record(self, job_id: str) -> None:
        if self.fault is not None:
            raise self.fault

    def durations(self, task_type: str, *, sandbox: bool) -> list[float]:
        if self.fault is not None:
            raise self.fault
        return []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_failing_transport_raises_no_foreign_error(call, fault, tmp_path):
    failing = False

    def answer(request: httpx.Request) -> httpx.Response:
        if failing:
            raise fault
        return httpx.Response(200, json=task(JOB, "completed"))

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    options: dict[str, Any] = {"library": False, "http_client": http, "max_retries": 0}
    client = quick(lw.Client(KEY, base_url="https://service.example", timeout=5, **options))
    job = job_of(client)
    failing = True

    only_ours(lambda: CALLS[call](client, job, tmp_path))
    client.close()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_failing_store_raises_no_foreign_error(call, fault, tmp_path):
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=task(JOB, "completed")))
    )
    store = FailingStore()
    options: dict[str, Any] = {"library": store, "http_client": http, "max_retries": 0}
    client = quick(lw.Client(KEY, base_url="https://service.example", timeout=5, **options))
    job = job_of(client)
    store.fault = fault

    only_ours(lambda: CALLS[call](client, job, tmp_path))
    store.fault = None
    client.close()


def test_a_store_that_fails_before_a_request_is_sent_leaves_it_unsent(stub):
    store = FailingStore()
    store.fault = KeyError("a key")

    client = lw.Client(KEY, base_url=stub.url, library=store)
    with client, pytest.raises(lw.LegnextError) as error:
        client.diffusion("x")

    assert str(error.value) == "Unexpected error: KeyError('a key'). Nothing was sent."
    assert stub.posted == []


async def test_an_unexpected_error_while_a_request_is_sent_leaves_its_outcome_unknown():
    class Failing:
        async def post(self, endpoint: str, payload: Any) -> Response:
            raise KeyError("a key")

    store = RecordingStore()
    attempt = Attempt("1", Identity("s", "a"), "diffusion", {}, datetime.now(UTC))
    with pytest.raises(OutcomeUnknownError, match=r"unexpected error: KeyError\('a key'\)"):
        await send(attempt, Failing(), Outcome(attempt, store), asyncio.Event(), RetryPolicy())

    assert [words[0] for words in store.diary] == ["intend", "mark_uncertain"]


LIBRARY_CALLS: dict[str, Callable[[lw.Library, str, Path], Any]] = {
    "jobs": lambda library, job, p: library.jobs(search="x"),
    "videos": lambda library, job, p: library.videos(),
    "records": lambda library, job, p: library.records(),
    "page": lambda library, job, p: library.page(),
    "count": lambda library, job, p: library.count(),
    "get": lambda library, job, p: library.get(job),
    "unfinished": lambda library, job, p: library.unfinished(),
    "uncertain": lambda library, job, p: library.uncertain(),
    "points": lambda library, job, p: library.points(),
    "size": lambda library, job, p: library.size,
    "favourite": lambda library, job, p: library.favourite(job),
    "annotate": lambda library, job, p: library.annotate(job, "a note"),
    "forget": lambda library, job, p: library.forget(job),
    "forget another": lambda library, job, p: library.forget("nothing"),
    "kept_path": lambda library, job, p: library.kept_path(job, 0),
    "poster_path": lambda library, job, p: library.poster_path(job, 0),
    "add_poster": lambda library, job, p: library.add_poster(job, 0, b"\xff\xd8\xff"),
    "keep_clips": lambda library, job, p: setattr(library, "keep_clips", True),
    "max_bytes": lambda library, job, p: setattr(library, "max_bytes", 10),
    "prune": lambda library, job, p: library.prune(0),
    "export": lambda library, job, p: library.export(p / "export"),
    "export to a file": lambda library, job, p: library.export(p / "a-file"),
    "problems": lambda library, job, p: library.problems,
}


@pytest.mark.parametrize("call", LIBRARY_CALLS)
@pytest.mark.parametrize("state", ["well", "gone", "damaged"])
def test_a_library_raises_no_foreign_error(call, state, tmp_path):
    (tmp_path / "a-file").write_bytes(b"")
    folder = tmp_path / "library"
    with lw.Library(folder) as library:
        job_id = asyncio.run(job_factory.job(library))
        if state == "gone":
            library.close()
            for path in sorted(folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            folder.rmdir()
            folder.write_bytes(b"now it is a file")
        elif state == "damaged":
            library.close()
            (folder / "journal.sqlite3").write_bytes(b"x" * 8192)
        only_ours(lambda: LIBRARY_CALLS[call](library, job_id, tmp_path))


def test_an_unknown_job_is_an_error_of_both_kinds(tmp_path):
    with lw.Library(tmp_path) as library, pytest.raises(lw.LegnextError) as raised:
        library.forget("nothing")
    assert isinstance(raised.value, KeyError)
    assert str(raised.value) == "The library does not know the job nothing."


def test_a_system_without_threads_is_named(monkeypatch):
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    client = lw.Client(KEY, base_url="http://127.0.0.1:1", library=False)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(lw.LegnextError, match="Nothing was sent"):
        client.diffusion("a fox")
    monkeypatch.undo()
    client.close()


# Names of files.

LONG = "a very long prompt " * 30


@pytest.mark.parametrize("name", [f"{LONG}.mp4", f"{'ü' * 200}.mp4", f"{'猫' * 120}.mp4", LONG])
def test_a_name_that_is_too_long_is_shortened(driver, stub, tmp_path, name):
    stub.jobs[JOB] = task(JOB, "completed") | {"output": {"video_urls": [f"{stub.url}/a.mp4"]}}
    stub.others["/a.mp4"] = lambda _: Reply(body=made_clip())
    client = driver.client(KEY, base_url=stub.url, library=False)
    job = client.job(JOB)
    job.refresh()

    path = job.videos[0].save(tmp_path / name)

    assert path.parent == tmp_path
    assert path.suffix == Path(name).suffix
    assert len(os.fsencode(path.name)) <= 255
    assert path.read_bytes() == made_clip()
    note_situation(
        "save() with a name that is too long",
        sees=f"a file whose name is cut to {len(os.fsencode(path.name))} bytes",
        requests=1,
        at_risk=0,
        whole=True,
    )


def made_clip() -> bytes:
    """The smallest of the packaged clips."""
    folder = Path(lw.__file__).parent / "sandbox"
    smallest = min(folder.rglob("*.mp4"), key=lambda path: path.stat().st_size)
    return smallest.read_bytes()


def test_long_names_that_begin_alike_stay_different(tmp_path):
    first, second = (fit_name(tmp_path / f"{LONG}{number}.mp4") for number in (1, 2))
    assert first != second
    assert fit_name(tmp_path / "short.mp4") == tmp_path / "short.mp4"
    assert fit_name(first) == first


def test_a_kept_clip_is_copied_to_a_shortened_name(tmp_path):
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(mp4.clip())
    state = JobState(JOB)
    state.kept = {0: kept}
    path = lw.Video(None, state, 0).save(tmp_path / f"{LONG}.mp4")
    assert path.read_bytes() == mp4.clip()


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_a_folder_name_that_is_too_long_is_a_download_error(tmp_path):
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(mp4.clip())
    state = JobState(JOB)
    state.kept = {0: kept}
    with pytest.raises(lw.DownloadError):
        lw.Video(None, state, 0).save(tmp_path / LONG / "a.mp4")
