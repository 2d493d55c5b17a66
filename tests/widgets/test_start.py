"""What a studio loads, starts and sends before a page shows it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NAMED = """
import sys
import legnext_widgets as lw
lw.VideoStudio
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
"""
SHOWN = """
import sys
import legnext_widgets as lw
studio = lw.VideoStudio()
studio._repr_mimebundle_()
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
studio.close()
"""
LATER = ("PIL", "anyio", "av", "httpx", "numpy", "starlette", "tenacity", "uvicorn")


def loaded(program: str, names: tuple[str, ...], library: Path) -> str:
    """Run a program that prints which of the modules it has loaded."""
    return subprocess.run(
        [sys.executable, "-c", program, *names],
        capture_output=True,
        text=True,
        check=True,
        env={"LEGNEXT_LIBRARY": str(library), "HOME": str(library.parent)},
    ).stdout.strip()


def test_naming_the_studio_loads_no_http_client_and_no_database(tmp_path: Path) -> None:
    assert loaded(NAMED, (*LATER, "sqlite3"), tmp_path / "library") == "[]"


def test_a_studio_is_shown_before_its_sandbox_and_http_client_are_loaded(tmp_path: Path) -> None:
    assert loaded(SHOWN, LATER, tmp_path / "library") == "[]"
