"""The distributions, built once as from a clean clone, and an environment with the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Distributions:
    """A wheel and an sdist, and the checkout that they were built from."""

    checkout: Path
    wheel: Path
    sdist: Path

    def names_in_wheel(self) -> list[str]:
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.namelist()

    def names_in_sdist(self) -> list[str]:
        """Return the names without the top folder of the archive."""
        with tarfile.open(self.sdist) as archive:
            return [name.partition("/")[2] for name in archive.getnames()]


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own."""

    folder: Path

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if sys.platform == "win32" else "bin")

    def run(
        self, *arguments: str | Path, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the environment's Python outside of the repository; its failure is the test's."""
        outcome = subprocess.run(
            [self.scripts / "python", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git lists, with the changes at hand and nothing built."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    folder = tmp_path_factory.mktemp("dist")
    outcome = subprocess.run(
        [sys.executable, "-m", "build", "--installer", "uv", "--outdir", folder, checkout],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return Distributions(checkout, wheel, sdist)


@pytest.fixture(scope="session")
def clean_environment(
    distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the wheel and its dependencies, without any extra."""
    environment = Environment(tmp_path_factory.mktemp("clean"))
    uv("venv", "--python", sys.executable, environment.folder)
    uv("pip", "install", "--python", environment.scripts / "python", distributions.wheel)
    return environment


def uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run uv; its failure is the test's."""
    outcome = run_tool("uv", "--quiet", *arguments)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome


def run_tool(module: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of the development environment."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"},
    )
