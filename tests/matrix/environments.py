"""The environments of the matrix: each made once, kept until what it is made of changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
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
    """

    name: str
    what: str
    packages: tuple[str, ...] = ()
    browser: bool = False

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
            AssertionError: It could not be installed; with what pip said last.
        """
        stamp = FOLDER / self.name / "installed.sha256"
        if self.name == OWN or (stamp.is_file() and stamp.read_text() == self._digest()):
            return self.python
        print(f"[matrix] making the environment {self.name}: {self.what}", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(FOLDER / self.name)])
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check"]
        this = f"{PROJECT}[sandbox]" if self.browser else str(PROJECT)
        _run([*pip, "install", "-q", "--prefer-binary", "--editable", this, *self.packages])
        stamp.write_text(self._digest())
        return self.python

    def versions(self) -> dict[str, str]:
        """The versions of everything installed in it, by name."""
        listing = (
            "import importlib.metadata as m\n"
            "for d in m.distributions(): print(d.metadata['Name'].lower(), d.version)"
        )
        said = _run([str(self.python), "-c", listing])
        return dict(line.split() for line in said.splitlines())

    def _digest(self) -> str:
        project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needs = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
        made_of = (sys.version, self.packages, self.browser, needs)
        return hashlib.sha256(repr(made_of).encode()).hexdigest()


def declared() -> dict[str, Environment]:
    """All environments of `environments.toml`, by name."""
    tables = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
    return {
        name: Environment(
            name, table["what"], tuple(table["packages"]), table.get("browser", False)
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


def _run(command: list[str]) -> str:
    # Without the front end's build hook: `./dev` builds it, into the checkout.
    outcome = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HATCH_BUILD_NO_HOOKS": "true", "PIP_NO_INPUT": "1"},
    )
    assert outcome.returncode == 0, f"{' '.join(command)}\n{outcome.stdout}{outcome.stderr}"[-4000:]
    return outcome.stdout


if __name__ == "__main__":
    main()
