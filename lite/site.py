"""Builds the demo that runs in the browser: `python -m lite.site [FOLDER]`, or `./dev lite`.

The site is JupyterLite with a notebook on this package. It is plain files, to be served by any web
server, and asks no other: the interpreter, all packages and all scripts are among them.
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
"""What is made once and kept: packages, the environment of the builder, the parts of the site."""
SITE = PROJECT / "docs" / "build" / "html" / "lite"
NOTEBOOK = "demo.ipynb"

KERNEL = Path("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
SETTINGS = "@jupyterlite/pyodide-kernel-extension:kernel"


def build_site(folder: Path) -> Path:
    """Builds the site.

    Args:
        folder: Where to; what is there is replaced.

    Returns:
        The folder.

    Raises:
        RuntimeError: A step failed; with what its program said.
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
    """Puts Pyodide with this package, and all that it and a kernel need, into a folder.

    Returns:
        The names of the packages.

    Raises:
        RuntimeError: A step failed; with what its program said.
    """
    kernel = builder().parents[1] / KERNEL
    of_the_kernel = [
        wheel for wheel in kernel.glob("*.whl") if not wheel.name.startswith("widgetsnbextension")
    ]
    return assemble(interpreter(), [own_wheel(), *dependencies(), *of_the_kernel], folder)


def configuration(packages: list[str]) -> dict[str, object]:
    """What the page is told: to load these packages with the kernel, and to ask no index."""
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
    """The unpacked npm package of Pyodide."""
    install_packages(HERE)
    return HERE / "node_modules" / "pyodide"


def own_wheel() -> Path:
    """Builds the wheel of this package."""
    folder = BUILD / "own"
    shutil.rmtree(folder, ignore_errors=True)
    build = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), "."]
    _run([sys.executable, *build], folder=PROJECT)
    return next(folder.glob("*.whl"))


def builder() -> Path:
    """The Python of the environment with JupyterLite's builder.

    Its own, because a JupyterLab that finds the kernel for browsers beside it complains.
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
    """Pure wheels of everything that this package and a kernel need in a browser."""
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
    """Whether a folder is yet to be made, or anew because the file that says what is in it changed.

    Args:
        folder: The folder.
        source: The file.
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
