"""Assemble Python for the browser: Pyodide with this package and all its dependencies.

Pyodide's npm package holds the interpreter and the standard library. Everything else is a pure
wheel. `pyodide-lock.json` lists each with its dependencies, so that `import legnext_widgets` in a
cell finds it without a package index.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from email.parser import HeaderParser
from typing import TYPE_CHECKING, TypedDict

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

INTERPRETER = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)
LOCK = "pyodide-lock.json"
PROVIDED_BY_THE_PAGE = frozenset({"jupyterlab-widgets", "widgetsnbextension"})
"""Dependencies of `ipywidgets` that a kernel does not need: the page has its own."""


class Package(TypedDict):
    """An entry of the lock file, as Pyodide reads it."""

    name: str
    version: str
    file_name: str
    install_dir: str
    sha256: str
    package_type: str
    imports: list[str]
    depends: list[str]
    unvendored_tests: bool


def assemble(pyodide: Path, wheels: list[Path], target: Path) -> list[str]:
    """Put an interpreter and wheels into a folder to be served.

    Args:
        pyodide: The unpacked npm package.
        wheels: Pure wheels, with all their dependencies in a browser.
        target: The folder; created if it is missing.

    Returns:
        The names of all packages.

    Raises:
        ValueError: A dependency of a wheel is missing.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in INTERPRETER:
        shutil.copyfile(pyodide / name, target / name)
    for wheel in wheels:
        shutil.copyfile(wheel, target / wheel.name)
    lock = json.loads((pyodide / LOCK).read_text(encoding="utf-8"))
    lock["packages"] = packages = described(wheels, lock["info"])
    (target / LOCK).write_text(json.dumps(lock), encoding="utf-8")
    return sorted(packages)


def described(wheels: list[Path], info: dict[str, str]) -> dict[str, Package]:
    """Make the entries of wheels in the lock file.

    Args:
        wheels: Pure wheels.
        info: The entry of the interpreter in the lock file.

    Raises:
        ValueError: A dependency of a wheel is missing.
    """
    browser = {
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "platform_machine": info["arch"],
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_version": ".".join(info["python"].split(".")[:2]),
        "python_full_version": info["python"],
        "extra": "",
    }
    packages = {(package := _package(wheel, browser))["name"]: package for wheel in wheels}
    missing = {
        f"{need} (for {package['name']})"
        for package in packages.values()
        for need in package["depends"]
        if need not in packages
    }
    if missing:
        raise ValueError(f"No wheel of {', '.join(sorted(missing))} is among those given.")
    return packages


def _package(wheel: Path, browser: dict[str, str]) -> Package:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(about).decode())
    needs = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    wanted = {
        canonicalize_name(need.name)
        for need in needs
        if need.marker is None or need.marker.evaluate(browser)
    }
    return {
        "name": canonicalize_name(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(_imported_names(names)),
        "depends": sorted(wanted - PROVIDED_BY_THE_PAGE),
        "unvendored_tests": False,
    }


def _imported_names(files: list[str]) -> set[str]:
    """Find the names by which cells import the contents of a wheel."""
    folders = {name.partition("/")[0] for name in files if name.endswith("/__init__.py")}
    modules = {name.removesuffix(".py") for name in files if "/" not in name and name[-3:] == ".py"}
    return {name for name in folders | modules if name.isidentifier()}
