"""The command `demo`: JupyterLab on the quickstart notebook, against the sandbox."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

QUICKSTART = "quickstart.ipynb"
_ADDRESS = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+/\S*")
_PAUSE = 0.1
"""Seconds between two looks for the address."""

REAL_SERVICE_VARIABLES = ("LEGNEXT_API_KEY", "LEGNEXT_BASE_URL")


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
def demo(folder: Path | None, *, no_browser: bool) -> None:
    """Open JupyterLab on a copy of the quickstart notebook, against the sandbox.

    The copy is made in FOLDER, or in a new temporary folder. An existing copy is opened without
    changes. No API key is used, even if one is set in the environment.
    """
    missing = [name for name in ("jupyterlab", "av", "uvicorn") if not _is_installed(name)]
    if missing:
        raise click.ClickException(
            f"The demo also needs {', '.join(missing)}. Install the missing packages with:\n"
            '    pip install "legnext-widgets[demo]"'
        )
    try:
        place = folder or Path(tempfile.mkdtemp(prefix="legnext-demo-"))
        notebook = copy_quickstart(place)
    except OSError as error:
        raise click.ClickException(f"The notebook cannot be copied: {error}") from error
    command = [sys.executable, "-m", "jupyterlab", notebook.name, "-y"]
    command += ["--no-browser"] if no_browser else []
    # Jupyter does not run as root without this, and containers often have no other user.
    command += ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    environment = demo_environment(os.environ, notebook.parent)
    with tempfile.TemporaryDirectory(prefix="legnext-log-") as logs:
        log = Path(logs) / "jupyter.log"
        with log.open("wb") as writing:
            process = subprocess.Popen(
                command, cwd=notebook.parent, env=environment, stdout=writing, stderr=writing
            )
        try:
            address = _address_in(log, process)
            if address is not None:
                click.echo(f"{notebook.name} is open at {address} - stop with Ctrl+C")
        except KeyboardInterrupt:
            address = ""
        code = _wait_for(process)
        if address is None:
            click.echo(log.read_text(encoding="utf-8", errors="replace"), err=True)
    sys.exit(code)


def copy_quickstart(folder: Path) -> Path:
    """Copy the quickstart notebook into a folder, unless there is one already.

    Args:
        folder: Made when it is missing.

    Returns:
        The notebook in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    notebook = folder.resolve() / QUICKSTART
    if not notebook.exists():
        shutil.copyfile(_packaged_quickstart(), notebook)
    return notebook


def demo_environment(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Make the environment of the demo's kernels: without a real API key, with its own library.

    Args:
        environment: The environment of this process.
        folder: The demo's folder, in which the library is made.
    """
    kept = {
        name: value for name, value in environment.items() if name not in REAL_SERVICE_VARIABLES
    }
    return kept | {"LEGNEXT_LIBRARY": str(folder / "library")}


def _packaged_quickstart() -> Path:
    package = Path(__file__).resolve().parents[1]
    installed = package / "notebooks" / QUICKSTART
    # In a clone the notebook is in the root folder; only the wheel moves it.
    return installed if installed.exists() else package.parent / "notebooks" / QUICKSTART


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _wait_for(process: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Jupyter received it too, and ends.
            continue


def _address_in(log: Path, process: subprocess.Popen[bytes]) -> str | None:
    """Wait for the address in the server's log; None when the server ended before."""
    while process.poll() is None:
        found = _ADDRESS.search(log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[0]
        time.sleep(_PAUSE)
    return None
