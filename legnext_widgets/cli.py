"""The command `legnext-widgets`: a demo in JupyterLab, and the sandbox as a server."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client.session.store import JobRecord
    from .library import Library

QUICKSTART = "quickstart.ipynb"
REAL_SERVICE_VARIABLES = ("LEGNEXT_API_KEY", "LEGNEXT_BASE_URL")
DEFAULT_PORT = 8642


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="legnext-widgets", prog_name="legnext-widgets")
def main() -> None:
    """Legnext AI video generation in notebooks."""


@main.command()
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
    click.echo(f"The notebook is {notebook}. Press Ctrl+C here to stop the demo.")
    command = [sys.executable, "-m", "jupyterlab", notebook.name]
    command += ["--no-browser"] if no_browser else []
    # Jupyter does not run as root without this, and containers often have no other user.
    command += ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    process = subprocess.Popen(
        command, cwd=notebook.parent, env=demo_environment(os.environ, notebook.parent)
    )
    sys.exit(_wait_for(process))


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 chooses a free port.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Speed relative to the real service; at 60, a minute takes a second.",
)
@click.option(
    "--points",
    type=click.IntRange(min=0),
    default=100_000,
    show_default=True,
    help="Points that each account starts with.",
)
@click.option("--key", metavar="KEY", help="The only API key that is accepted.  [default: any]")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:OPTION=VALUE,...]",
    help="A fault to simulate from the start, such as rate_limit:times=2. Can be repeated.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Fetch no images from and send no callbacks to other machines.",
)
def sandbox(
    *,
    port: int,
    host: str,
    speed: float,
    points: int,
    key: str | None,
    faults: tuple[str, ...],
    offline: bool,
) -> None:
    """Serve the simulated Legnext API for any client in any language.

    Each API key has an account of its own. Nothing is charged.
    """
    from .sandbox import serve

    # Jobs of the library go to callers on this machine only.
    own = _recorded if host in ("127.0.0.1", "::1", "localhost") else None
    try:
        serve(
            *(host, port, speed),
            api_key=key,
            points=points,
            offline=offline,
            faults=faults,
            find_record=own,
        )
    except (OSError, RuntimeError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem


@cache
def _library() -> Library:
    """Open the library in its default folder, once it is needed."""
    from .library import Library

    return Library()


def _recorded(job_id: str) -> JobRecord | None:
    """Read what the library knows of a job, so that the sandbox can adopt it."""
    return _library().record(job_id)


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
    package = Path(__file__).resolve().parent
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
            # Jupyter received it too, and asks for confirmation.
            continue
