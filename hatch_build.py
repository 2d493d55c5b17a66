"""Builds the front end (`js/`) into `legnext_widgets/static/`, and the README for package indexes.

Runs inside every build of a wheel or an sdist, and by itself as `python hatch_build.py`. The
sources are compared by content, not by date, so a stale build is never shipped, an unpacked sdist
needs no Node, and a fresh clone builds exactly once.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PROJECT = Path(__file__).resolve().parent
BUILT = ("loader.js", "widget.js", "widget.css")
NOT_SOURCES = {"node_modules", "coverage", "dist"}


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Makes sure that the front end in the distribution is that of the sources beside it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called by hatchling before it collects the files of a distribution."""
        build_front_end(Path(self.root))


class ReadmeMetadataHook(MetadataHookInterface):
    """Gives package indexes a README whose links lead somewhere and whose pictures are found."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Called by hatchling for the metadata of a distribution."""
        written = Path(self.root, "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source")
        text = readme_for_index(written, source, metadata["version"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def readme_for_index(text: str, source: str | None, version: str) -> str:
    """The README where no files lie beside it. Pure.

    Args:
        text: The README of the sources.
        source: The address of the sources. Without one, relative links become plain text and
            pictures are left out.
        version: The version, whose tag links and pictures lead to.
    """
    relative = r"(?!https?:|#)([^)]+)"
    if source is None:
        text = re.sub(r"<picture>.*?</picture>\n+", "", text, flags=re.DOTALL)
        text = re.sub(rf"(?m)^!\[[^\]]*\]\({relative}\)\n", "", text)
        return re.sub(rf"\[([^\]]+)\]\({relative}\)", r"\1", text)
    root = source.rstrip("/").removesuffix(".git")
    raw, shown = f"{root}/raw/v{version}", f"{root}/blob/v{version}"
    text = re.sub(r'((?:src|srcset)=")(?!https?:)', rf"\1{raw}/", text)
    text = re.sub(rf"(!\[[^\]]*\])\({relative}\)", rf"\1({raw}/\2)", text)
    return re.sub(rf"(?<!!)(\[[^\]]+\])\({relative}\)", rf"\1({shown}/\2)", text)


def build_front_end(project: Path = PROJECT) -> bool:
    """Builds the front end when its sources are not those it was last built from.

    Args:
        project: Folder that holds `js/` and `legnext_widgets/`.

    Returns:
        Whether anything had to be built.

    Raises:
        RuntimeError: Node is missing or the build failed.
    """
    sources = project / "js"
    static = project / "legnext_widgets" / "static"
    stamp = static / "sources.sha256"
    digest = digest_of_sources(sources)
    if all((static / name).is_file() for name in BUILT) and _read(stamp) == digest:
        return False
    stamp.unlink(missing_ok=True)
    print("Building the front end from js/ ...", file=sys.stderr, flush=True)
    install_packages(sources)
    _npm(sources, "run", "--silent", "build")
    missing = [name for name in BUILT if not (static / name).is_file()]
    if missing:
        raise RuntimeError(f"`npm run build` in js/ did not make {', '.join(missing)}.")
    stamp.write_text(digest, encoding="utf-8")
    return True


def install_packages(sources: Path) -> None:
    """Installs what the lock file of the front end names, unless that is what is installed."""
    lock = sources / "package-lock.json"
    stamp = sources / "node_modules" / ".installed-lock.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _read(stamp) != digest:
        _npm(sources, "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
        stamp.write_text(digest, encoding="utf-8")


def digest_of_sources(sources: Path) -> str:
    """Gives one digest of the names and contents of all source files of the front end."""
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
    # What npm says goes to stderr: stdout belongs to the build backend's caller.
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
