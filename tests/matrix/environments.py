"""The environments of the matrix: each made once, kept until what it is made of changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".matrix"
DECLARED = Path(__file__).with_name("environments.toml")
OWN = "own"
"""The environment that the tests themselves run in."""


@dataclass(frozen=True)
class Environment:
    """A Python environment with one generation of Jupyter in it.

    Attributes:
        name: Its name in `environments.toml`, or `own`.
        what: What is special about it.
        packages: What is installed beside this package.
        browser: Whether front ends run in it, which need the extra [sandbox].
        version: The version of Python that it wants; empty for that of the tests.
    """

    name: str
    what: str
    packages: tuple[str, ...] = ()
    browser: bool = False
    version: str = ""

    @property
    def python(self) -> Path:
        """Its interpreter."""
        if self.name == OWN:
            return Path(sys.executable)
        scripts = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return FOLDER / self.name / scripts

    def prepare(self) -> Path:
        """Makes the environment unless it is there.

        Returns:
            Its interpreter.

        Raises:
            AssertionError: It could not be installed; with the last output of uv.
        """
        stamp = FOLDER / self.name / "installed.sha256"
        if self.name == OWN or (stamp.is_file() and stamp.read_text() == self._digest()):
            return self.python
        print(f"[matrix] making the environment {self.name}: {self.what}", flush=True)
        uv = [sys.executable, "-m", "uv", "--quiet"]
        base = ["--python", self._base()]
        _run([*uv, "venv", "--clear", "--seed", *base, str(FOLDER / self.name)])
        this = f"{PROJECT}[sandbox]" if self.browser else str(PROJECT)
        into = ["--python", str(self.python), "--compile-bytecode"]
        _run([*uv, "pip", "install", *into, "--editable", this, *self.packages])
        stamp.write_text(self._digest())
        return self.python

    def version_of(self, distribution: str) -> str:
        """The version of something installed in it."""
        return _version_in(self.python, distribution)

    def _base(self) -> str:
        """The interpreter that it is made with: of its version, where that is here or to be had."""
        if not self.version or sys.version.startswith(f"{self.version}."):
            return sys.executable
        found = _find_python(self.version)
        if not found:
            _uv("install", self.version)
            found = _find_python(self.version)
        if not found:
            print(f"[matrix] {self.name}: no Python {self.version}, so {sys.version}", flush=True)
        return found or sys.executable

    def _digest(self) -> str:
        project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needs = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
        made_of = (sys.version, self.version, self.packages, self.browser, needs)
        return hashlib.sha256(repr(made_of).encode()).hexdigest()


def declared() -> dict[str, Environment]:
    """All environments of `environments.toml`, by name."""
    tables = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
    return {
        name: Environment(
            name,
            table["what"],
            tuple(table["packages"]),
            table.get("browser", False),
            table.get("python", ""),
        )
        for name, table in tables.items()
    }


def environment(name: str) -> Environment:
    """One environment by its name; `own` is that of the tests themselves."""
    return Environment(OWN, "the environment of the tests") if name == OWN else declared()[name]


def main() -> None:
    """Makes those that are missing, one after the other."""
    for each in declared().values():
        each.prepare()


@cache
def _version_in(python: Path, distribution: str) -> str:
    asking = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    return _run([str(python), "-c", asking]).strip()


def _find_python(version: str) -> str:
    """A Python of a version that is on this machine; empty where there is none."""
    # Those of pyenv stand on no path, but behind shims that refuse to run.
    of_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    hidden = sorted(str(path) for path in of_pyenv.glob(f"{version}*/bin"))
    return _uv("find", version, path=os.pathsep.join([*hidden, os.environ["PATH"]]))


def _uv(command: str, version: str, path: str | None = None) -> str:
    outcome = subprocess.run(
        [sys.executable, "-m", "uv", "python", command, version],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path or os.environ["PATH"]},
    )
    return outcome.stdout.strip() if outcome.returncode == 0 else ""


def _run(command: list[str]) -> str:
    # Without the front end's build hook: `./dev` builds it, into the checkout.
    outcome = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HATCH_BUILD_NO_HOOKS": "true"},
    )
    assert outcome.returncode == 0, f"{' '.join(command)}\n{outcome.stdout}{outcome.stderr}"[-4000:]
    return outcome.stdout


if __name__ == "__main__":
    main()
