"""Processes that ask for the same request at the same moment send it once."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import legnext_widgets as lw
from tests.library.subprocesses import REPOSITORY
from tests.support.service import Service
from tests.support.waiting import wait_until

SCRIPT = """
import sys
import legnext_widgets as lw

url, key, folder = sys.argv[1:]
with lw.Client(key, base_url=url, library=lw.Library(folder), reuse=True) as client:
    job = client.diffusion("a lake at dusk")
    print(job.id, job.reused)
"""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(speed=2000).start() as made:
        yield made


def begin(service: Service, folder: Path) -> subprocess.Popen[str]:
    """Start a process that asks for the request."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), service.url, Service.key, str(folder)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_several_processes_make_one_job(service: Service, tmp_path: Path) -> None:
    service.go.clear()
    asking = [begin(service, tmp_path / "library") for _ in range(3)]
    wait_until(lambda: service.submissions == 1, "one request has arrived")
    service.go.set()
    answers = [process.communicate(timeout=60)[0].split() for process in asking]
    assert len({job_id for job_id, _ in answers}) == 1
    assert sorted(reused for _, reused in answers) == ["False", "True", "True"]
    assert service.submissions == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_who_waits_for_a_process_that_dies_learns_that_the_outcome_is_unknown(
    service: Service, tmp_path: Path
) -> None:
    service.go.clear()
    first = begin(service, tmp_path / "library")
    wait_until(lambda: service.submissions == 1, "the request has arrived")
    library = lw.Library(tmp_path / "library")
    client = lw.Client(Service.key, base_url=service.url, library=library, reuse=True)
    with library, client, ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(client.diffusion, "a lake at dusk")
        with pytest.raises(TimeoutError):
            waiting.result(0.5)

        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=60)

        with pytest.raises(lw.SubmissionUncertainError) as caught:
            waiting.result(30)
        assert caught.value.attempt_id is not None
        library.forget(caught.value.attempt_id)
        service.go.set()
        assert not client.diffusion("a lake at dusk").reused
    assert service.submissions == 2
