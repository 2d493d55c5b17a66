"""Several processes, forks, threads, and the end of the interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from legnext_widgets.library import Library
from tests.library import job_factory
from tests.library.job_factory import REAL
from tests.library.subprocesses import REPOSITORY, python
from tests.library.test_mounts import write_clip


def test_a_deletion_is_abandoned_once_its_process_is_gone(folder: Path) -> None:
    begin = """
        import os, sys
        from legnext_widgets.library import Library

        library = Library(sys.argv[1])
        library.deletions.begin("theirs", [("a job", 1), ("another", None)])
        os._exit(0)  # nothing is tidied up
    """
    with Library(folder) as library, Library(folder) as other_kernel:
        library.deletions.begin("mine", [("a third", None)])
        python(begin, folder)

        left = other_kernel.deletions.abandoned()
        assert [(each.id, each.chosen) for each in left] == [
            ("theirs", (("a job", 1), ("another", None)))
        ]
        other_kernel.deletions.end("theirs")
        assert library.deletions.abandoned() == []


async def test_without_threads_everything_is_written_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(threading.enumerate())
    monkeypatch.setattr("legnext_widgets.environment.in_pyodide", lambda: True)
    with Library(folder) as library:
        job_id = await job_factory.job(library)
        assert await library.keep(job_id, 0, write_clip) is not None
        begun = set(threading.enumerate()) - before
        assert not [each for each in begun if each.name == "legnext-library"]
        assert library.kept_path(job_id, 0) is not None


MANY_PROCESSES = """
    import asyncio, sys
    from legnext_widgets.library import Library
    from tests.library import job_factory

    async def main():
        with Library(sys.argv[1]) as library:
            for _ in range(25):
                job_id = await job_factory.job(library)
                assert library.record(job_id) is not None
            assert library.problem is None, library.problem

    asyncio.run(main())
"""


def test_several_processes_begin_and_fill_one_folder_at_the_same_time(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(MANY_PROCESSES), str(folder)],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with Library(folder) as library:
        assert library.count() == 100
        assert len(library.records(search="cat")) == 100


FORK = """
    import asyncio, os, sys
    from legnext_widgets.library import Library
    from tests.library import job_factory

    library = Library(sys.argv[1])
    asyncio.run(library.intend(job_factory.attempt()))
    child = os.fork()
    if child == 0:
        job_id = asyncio.run(job_factory.job(library))
        assert library.record(job_id) is not None
        assert library.uncertain_records() == []
        library.close()
        sys.exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    asyncio.run(job_factory.job(library))
    assert library.uncertain_records() == []
    assert library.count() == 2
    library.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_writes_for_itself_and_leaves_the_parent_alone(folder: Path) -> None:
    python(FORK, folder)
    with Library(folder) as library:
        assert library.count() == 2
        assert len(library.uncertain_records()) == 1


def test_what_is_queued_is_written_when_the_interpreter_ends(folder: Path) -> None:
    script = """
        import sys
        from functools import partial
        from pathlib import Path
        from legnext_widgets.library import Library
        from legnext_widgets.library.db.statements import writes
        from legnext_widgets.library.db.connection import Database
        from legnext_widgets.library.db.journal import Journal
        from tests.library import job_factory
        from tests.support.task_factory import task
        journal = Journal(Database(Path(sys.argv[1])))
        library = Library.of(journal)
        for number in range(300):
            answer = task(f"job-{number}", "completed")
            journal.writer.submit(
                partial(writes.observe, identity=job_factory.REAL, task=answer)
            )
    """
    python(script, folder)
    with Library(folder) as library:
        assert library.count(None) == 300
        assert library.record("job-299", identity=REAL) is not None
