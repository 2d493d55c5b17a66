"""A user for whom the system knows no home folder, as in many containers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import legnext_widgets as lw
from legnext_widgets import files
from tests.library import job_factory
from tests.support.report import note_situation

WITHOUT_HOME = """
import os
import legnext_widgets as lw

os.path.expanduser = lambda path: path  # as the system's own where it knows no home
for name in ("HOME", "USERPROFILE", "XDG_DATA_HOME", "LEGNEXT_LIBRARY", "LEGNEXT_API_KEY"):
    os.environ.pop(name, None)
"""

PROGRAM = (
    WITHOUT_HOME
    + """
library = lw.Library()
print(library.problem)
client = lw.Client("any-key", base_url="http://127.0.0.1:1")
client.close()
studio = lw.VideoStudio()
print(studio.client.config.store.problem == library.problem)
with lw.Client.sandbox(speed=600, packaged=True, offline=True, library=library) as client:
    print(client.diffusion("a fox").wait(60).status)
    print(len(library.records()))
studio.close()
print(os.listdir())
try:
    lw.Library("~/mine")
except ValueError as error:
    print(error)
"""
)


def test_everything_works_without_memory_and_says_how_to_give_it_one(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
    )

    lines = ended.stdout.splitlines()
    assert len(lines) == 6, ended.stderr
    assert "LEGNEXT_LIBRARY" in lines[0]
    assert lines[1:5] == ["True", "completed", "1", "[]"]
    assert "no home folder" in lines[5]
    note_situation(
        "no HOME and no passwd entry", sees=lines[0], requests="as ever", at_risk=0, whole=True
    )


def test_a_path_that_begins_with_a_tilde_is_refused_without_a_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_home(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)

    with pytest.raises(ValueError, match="no home folder"):
        files.expand_user("~/clips")


async def test_a_library_without_a_folder_keeps_no_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGNEXT_LIBRARY", "~/mine")
    monkeypatch.setattr(Path, "expanduser", lambda _: (_ for _ in ()).throw(RuntimeError("no")))
    with lw.Library() as library:
        job_id = await job_factory.job(library)
        assert [record.job_id for record in library.records()] == [job_id]

        async def fetch(_: Path) -> None:
            raise AssertionError("there is no place for it")

        assert await library.keep(job_id, 0, fetch) is None
