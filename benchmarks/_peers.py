"""The environment of the benchmarks' peers: other packages, installed from the package index.

It lies in `artifacts/peers`, apart from the development environment, and holds this package too, so
that all are measured under one Python with the same versions of what they share.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "artifacts" / "peers"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PEERS = ("anywidget", "httpx", "ipywidgets", "legnext", "quak")
SHOWN = (*PEERS, "ipykernel", "jupyterlab", "starlette", "uvicorn", "av")
_ASK_VERSIONS = f"""
import importlib.metadata, json, platform
print(json.dumps({{"Python": platform.python_version()}}
    | {{name: importlib.metadata.version(name) for name in {SHOWN!r}}}))
"""


def install() -> None:
    """Make the environment, unless it was made before."""
    stamp = FOLDER / "installed.txt"
    wanted = "\n".join(PEERS)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("installing the peers into artifacts/peers", file=sys.stderr, flush=True)
    uv = [sys.executable, "-m", "uv", "--quiet"]
    python = ["--python", str(PYTHON)]
    # Installed packages have bytecode, and an import that compiles measures the compiler.
    add = [*uv, "pip", "install", *python, "--compile-bytecode"]
    subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, str(FOLDER)], check=True)
    subprocess.run(
        [*add, *PEERS, "--editable", ".[demo]"],
        cwd=PROJECT,
        env={**os.environ, "HATCH_BUILD_NO_HOOKS": "true"},
        check=True,
    )
    stamp.write_text(wanted, encoding="utf-8")


def environment() -> dict[str, str]:
    """Return the variables for processes that are measured: those of this one, with bytecode on."""
    compiling = {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in compiling}
    return {name: value for name, value in kept.items() if not name.startswith("LEGNEXT_API")}


def run(source: str, *arguments: str) -> str:
    """Run a program in the environment of the peers, and give what it prints."""
    return subprocess.run(
        [str(PYTHON), "-c", source, *arguments],
        cwd=PROJECT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout


def versions() -> dict[str, str]:
    """Ask which versions are measured."""
    found: dict[str, str] = json.loads(run(_ASK_VERSIONS))
    return found
