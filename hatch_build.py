"""Build the front end (`js/`) into `legnext_widgets/static/`.

Runs in every build of a wheel or an sdist, and alone as `python hatch_build.py`. Sources are
compared by content, not by date: a stale build is never shipped, an unpacked sdist needs no Node,
and a fresh clone builds once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROJECT = Path(__file__).resolve().parent
BUILT = (
    *("loader.js", "widget.js", "widget.css"),
    *("catalogs/en.json", "catalogs/es.json", "catalogs/zh-CN.json"),
)
NOT_SOURCES = {"node_modules", "coverage", "dist"}


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Build the front end before hatchling collects the files of a distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the front end; hatchling calls this first."""
        build_front_end(Path(self.root), only_to_build=True)


def build_front_end(project: Path = PROJECT, *, only_to_build: bool = False) -> bool:
    """Build the front end if its sources changed since the last build.

    Args:
        project: Folder that holds `js/` and `legnext_widgets/`.
        only_to_build: Install no packages for its checks and tests, which are most of them.

    Returns:
        True if anything was built.

    Raises:
        RuntimeError: Node is missing or the build failed.
    """
    sources = project / "js"
    static = project / "legnext_widgets" / "static"
    stamp = static / "sources.sha256"
    digest = digest_of_sources(sources)
    if not only_to_build and (sources / "node_modules").is_dir():
        install_packages(sources)  # a build of a distribution may have installed only some
    if all((static / name).is_file() for name in BUILT) and _read(stamp) == digest:
        return False
    stamp.unlink(missing_ok=True)
    print("Building the front end from js/ ...", file=sys.stderr, flush=True)
    install_packages(sources, only_to_build=only_to_build)
    _npm(sources, "run", "--silent", "build")
    missing = [name for name in BUILT if not (static / name).is_file()]
    if missing:
        raise RuntimeError(f"`npm run build` in js/ did not make {', '.join(missing)}.")
    stamp.write_text(digest, encoding="utf-8")
    return True


def install_packages(sources: Path, *, only_to_build: bool = False) -> None:
    """Install the packages of the lock file, unless exactly those are installed.

    Args:
        sources: Folder that holds the lock file.
        only_to_build: Leave out those for development, unless they are installed already.
    """
    lock = sources / "package-lock.json"
    stamp = sources / "node_modules" / ".installed-lock.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    some = f"{digest} only to build"
    installed = _read(stamp)
    if installed == digest or (only_to_build and installed == some):
        return
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    _npm(sources, "ci", *quiet, *(["--omit=dev"] if only_to_build else []))
    stamp.write_text(some if only_to_build else digest, encoding="utf-8")


def digest_of_sources(sources: Path) -> str:
    """Compute one digest of the names and contents of all source files of the front end."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(sources):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(names):
            path = Path(folder, name)
            digest.update(path.relative_to(sources).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _npm(folder: Path, *arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "The front end has to be built from js/, and that needs Node.js 20 or newer with npm, "
            "which was not found. Install Node.js, or install a released wheel instead."
        )
    # npm's output goes to stderr: stdout belongs to the caller of the build backend.
    outcome = subprocess.run([npm, *arguments], cwd=folder, stdout=sys.stderr, check=False)
    if outcome.returncode:
        raise RuntimeError(f"`npm {' '.join(arguments)}` failed in {folder}; see its output above.")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


if __name__ == "__main__":
    try:
        build_front_end()
    except RuntimeError as problem:
        sys.exit(str(problem))
