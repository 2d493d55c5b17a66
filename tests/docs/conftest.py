"""The site built once, as `./dev docs` builds it, and what its examples may lean on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from legnext_widgets.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"

NO_NETWORK = """
import gc, socket, sys
gc.disable()  # the trees of all pages stay in use until the end: looking for garbage is in vain
def refuse(*_args, **_rest):
    raise OSError("the documentation is built without a network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
sys.modules["rfc3987_syntax"] = None  # see tests/conftest.py
from sphinx.cmd.build import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a network and with every warning an error."""
    folder = tmp_path_factory.mktemp("site")
    doctrees = tmp_path_factory.mktemp("doctrees")
    outcome = subprocess.run(
        [
            *(sys.executable, "-c", NO_NETWORK, "-b", "html", "--fail-on-warning", "--keep-going"),
            *("--quiet", "-d", doctrees, DOCS, folder),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return folder


@pytest.fixture(scope="session")
def service() -> Iterator[Sandbox]:
    """What `lw.Client()` without arguments reaches in an example."""
    with Sandbox(speed=600, seed="documentation", packaged=True, offline=True).start() as sandbox:
        yield sandbox
