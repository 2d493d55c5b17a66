"""A notebook server for tests, which neither reads nor writes the settings of the person."""

from __future__ import annotations

import os
import subprocess
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RUN_QUICKLY = """
import runpy, sys
sys.modules["rfc3987_syntax"] = None
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Runs a module as `python -m` does, without a grammar that takes 3 s to load.

It checks international links in JSON schemas. jsonschema works without it, and Jupyter has no such
link.
"""

FOREIGN = ("JUPYTER", "IPYTHON", "LEGNEXT_", "XDG_", "MARIMO", "PYTHONPATH")


def of_jupyter(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a program of Jupyter beside the tests."""
    return (sys.executable, "-c", RUN_QUICKLY, module, *arguments)


class Server(ABC):
    """A process that serves a folder of notebooks, for as long as a `with` block or until `close`.

    Args:
        home: Folder for everything that it and its kernels write.
        variables: Environment variables for it and its kernels, over those of this process.

    Attributes:
        notebooks: The folder that is served.
        log: What it says.
    """

    def __init__(self, home: Path, variables: dict[str, str] | None = None) -> None:
        self.home = home
        self.notebooks = home / "notebooks"
        self.log = home / "server.log"
        self.variables = {**_without_the_person(home), **(variables or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What is to be run."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it can be asked for pages; `OSError` counts as not yet."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.notebooks.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*self.command()],
                env=self.variables,
                cwd=self.notebooks,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._is_up, f"{type(self).__name__} has started", timeout=120, every=0.2)

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """Stops it and its kernels."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _is_up(self) -> bool:
        assert self._process is not None
        said = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert self._process.poll() is None, f"{type(self).__name__} ended at once:\n{said}"
        try:
            return self.answers()
        except OSError:
            return False


def _without_the_person(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PYTHONUTF8": "1",
    }
