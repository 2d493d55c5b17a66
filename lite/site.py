"""Build the demo that runs in the browser: `python -m lite.site [FOLDER]`, or `./dev lite`.

The site is JupyterLite with a notebook on this package: plain files for any web server. It contacts
no other server, because interpreter, packages and scripts are all among its files.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hatch_build import install_packages
from lite.distribution import assemble

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
BUILD = HERE / "build"
"""Kept between builds: packages, the environment of the builder, the parts of the site."""
SITE = PROJECT / "docs" / "build" / "html" / "lite"
NOTEBOOK = "demo.ipynb"

KERNEL = Path("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
SETTINGS = "@jupyterlite/pyodide-kernel-extension:kernel"


def build_site(folder: Path) -> Path:
    """Build the site.

    Args:
        folder: The target; its contents are replaced.

    Returns:
        The folder.

    Raises:
        RuntimeError: A step failed; the message has the output of its program.
    """
    parts = BUILD / "parts"
    shutil.rmtree(parts, ignore_errors=True)
    (parts / "files").mkdir(parents=True)
    shutil.copyfile(HERE / NOTEBOOK, parts / "files" / NOTEBOOK)
    names = build_python(parts / "static" / "pyodide")
    (parts / "jupyter-lite.json").write_text(json.dumps(configuration(names)), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    python = builder()
    words = ["build", "--contents", "files", "--output-dir", str(folder), "--apps", "lab"]
    words += ["--no-sourcemaps", "--no-unused-shared-packages"]
    _run([str(python), "-m", "jupyterlite_core.app", *words], folder=parts)
    return folder


def build_python(folder: Path) -> list[str]:
    """Put Pyodide, this package and everything that both and a kernel need into a folder.

    Returns:
        The names of the packages.

    Raises:
        RuntimeError: A step failed; the message has the output of its program.
    """
    kernel = builder().parents[1] / KERNEL
    kernel_wheels = [
        wheel for wheel in kernel.glob("*.whl") if not wheel.name.startswith("widgetsnbextension")
    ]
    return assemble(interpreter(), [own_wheel(), *dependencies(), *kernel_wheels], folder)


def configuration(packages: list[str]) -> dict[str, object]:
    """Configure the page to load these packages with the kernel, and to use no package index."""
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "legnext-widgets in your browser",
            "exposeAppInBrowser": True,
            "litePluginSettings": {
                SETTINGS: {
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": packages},
                }
            },
        },
    }


def interpreter() -> Path:
    """Install the npm package of Pyodide, and give its folder."""
    install_packages(HERE)
    return HERE / "node_modules" / "pyodide"


def own_wheel() -> Path:
    """Build the wheel of this package."""
    folder = BUILD / "own"
    shutil.rmtree(folder, ignore_errors=True)
    build = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), "."]
    _run([sys.executable, *build], folder=PROJECT)
    return next(folder.glob("*.whl"))


def builder() -> Path:
    """Make the environment of JupyterLite's builder, and give its Python.

    It is separate from `.venv`: a JupyterLab that finds the kernel for browsers beside it warns.
    """
    environment = BUILD / "environment"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with _Once(environment, PROJECT / "pyproject.toml") as needed:
        if needed:
            uv = [sys.executable, "-m", "uv", "--quiet"]
            _run([*uv, "venv", "--clear", "--python", sys.executable, str(environment)])
            _run([*uv, "pip", "install", "--python", str(python), "--group", "lite"])
    return python


def dependencies() -> list[Path]:
    """Download pure wheels of everything that this package and a kernel need in a browser."""
    folder, listed = BUILD / "wheels", HERE / "requirements.txt"
    with _Once(folder, listed) as needed:
        if needed:
            shutil.rmtree(folder, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q"]
            kind = ["--platform", "any", "--implementation", "py", "--abi", "none"]
            which = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.14", *kind]
            _run([*pip, *which, "--dest", str(folder), "--requirement", str(listed)])
    return sorted(folder.glob("*.whl"))


class _Once:
    """Check whether a folder has to be made: it is missing, or the file that defines it changed.

    Args:
        folder: The folder.
        source: The file that defines the contents of the folder.
    """

    def __init__(self, folder: Path, source: Path) -> None:
        self._stamp = folder / "made-from.sha256"
        self._digest = hashlib.sha256(source.read_bytes()).hexdigest()

    def __enter__(self) -> bool:
        return not self._stamp.is_file() or self._stamp.read_text() != self._digest

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._stamp.write_text(self._digest)


def _run(command: list[str], *, folder: Path = PROJECT) -> None:
    outcome = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if outcome.returncode:
        raise RuntimeError(f"{outcome.stdout}\nfailed ({outcome.returncode}): {' '.join(command)}")


if __name__ == "__main__":
    try:
        print(build_site(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SITE))  # noqa: T201
    except RuntimeError as problem:
        sys.exit(str(problem))
