"""The tree of the sources: described in CONTRIBUTING.md, in modules and folders of bounded size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "legnext_widgets"
FRONT_END = PROJECT / "js" / "src"
MOST_LINES = 350
MOST_MODULES = 15

MIRRORED = {
    # The command is named after what it runs.
    *("gateway", "sandbox"),
    # Two sides of one thing: gateway or sandbox as the service, and the client.
    *("bodies", "clock", "durations", "feed", "poller"),
    # The same thing for each package, or at two levels of one package.
    *("accounts", "config", "files", "jobs", "pictures", "queries", "store", "submitter", "takes"),
    # An alias.
    "schedule",
}
"""Names that modules share because they mean the same."""

ENTRY = re.compile(r"^(?P<indent> *)(?P<name>[\w./-]+?)(?P<folder>/?)(?: {2,}(?P<what>\S.*))?$")


def python_modules() -> list[Path]:
    """All modules of the package; a folder's line also stands for its `__init__.py`."""
    return sorted(p for p in PACKAGE.rglob("*.py") if "static" not in p.relative_to(PACKAGE).parts)


def front_end_modules() -> list[Path]:
    return sorted(path for path in FRONT_END.rglob("*") if path.suffix in {".ts", ".tsx", ".css"})


def on_disk() -> dict[str, str]:
    """What CONTRIBUTING.md has to list: modules with their docstring's first line, and folders."""
    found = {}
    for path in python_modules():
        module = ast.parse(path.read_text(encoding="utf-8"))
        what = (ast.get_docstring(module) or "").partition("\n")[0]
        listed = f"{path.parent.relative_to(PROJECT).as_posix()}/"
        if path.name != "__init__.py":
            listed += path.name
        found[listed] = what
    for folder in (FRONT_END, *FRONT_END.rglob("*")):
        if folder.is_dir():
            found[f"{folder.relative_to(PROJECT).as_posix()}/"] = ""
    return found


def listed() -> list[tuple[str, str]]:
    """Path and description of each line of the tree in CONTRIBUTING.md.

    An entry lies in the nearest folder above it that is indented less.
    """
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = text.partition("<!-- tree -->\n```text\n")[2].partition("\n```")[0]
    folders: list[tuple[int, str]] = []
    entries = []
    for line in filter(str.strip, block.splitlines()):
        entry = ENTRY.match(line)
        assert entry, f"not an entry: {line!r}"
        indent = len(entry["indent"])
        folders = [(depth, path) for depth, path in folders if depth < indent]
        path = f"{folders[-1][1] if folders else ''}{entry['name']}{entry['folder']}"
        if entry["folder"]:
            folders.append((indent, path))
        entries.append((path, entry["what"] or ""))
    return entries


def test_contributing_lists_every_module_once_with_its_description() -> None:
    disk, entries = on_disk(), listed()
    paths = [path for path, _ in entries]
    wrong = {
        "missing": [path for path in disk if path not in paths],
        "not on the disk": [path for path in paths if path not in disk],
        "listed twice": [path for path in paths if paths.count(path) > 1],
        "without a description": [path for path, what in entries if not what],
        "not described as there": [p for p, what in entries if what != (disk.get(p) or what)],
    }

    if any(wrong.values()):
        whole = tree({path: what or dict(entries).get(path, "") for path, what in disk.items()})
        reasons = "\n".join(f"{why}: {', '.join(them)}" for why, them in wrong.items() if them)
        pytest.fail(f"The tree in CONTRIBUTING.md is wrong.\n{reasons}\nTo paste:\n{whole}")


def tree(described: dict[str, str]) -> str:
    """Draw the tree: in each folder the modules first, then the folders."""

    def below(folder: str, name: str, depth: int) -> list[tuple[str, str]]:
        inside = [p for p in described if p.startswith(folder) and p != folder]
        lines = [(f"{'  ' * depth}{name}", described[folder])]
        lines += [
            (f"{'  ' * (depth + 1)}{rest}", described[path])
            for path in inside
            if "/" not in (rest := path.removeprefix(folder))
        ]
        for path in inside:
            if (rest := path.removeprefix(folder)).find("/") == len(rest) - 1:
                lines += below(path, rest, depth + 1)
        return lines

    lines = [line for root in ("legnext_widgets/", "js/src/") for line in below(root, root, 0)]
    width = max(len(name) for name, _ in lines) + 2
    return "\n".join(f"{name.ljust(width)}{what}".rstrip() for name, what in lines)


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    modules = [*python_modules(), *front_end_modules()]
    lengths = {
        path.relative_to(PROJECT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules
        if not path.stem.startswith("generated")
    }

    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_folder_holds_more_modules_than_a_reader_can_survey() -> None:
    modules = [path for path in python_modules() if path.name != "__init__.py"]
    # A stylesheet belongs to the view beside it.
    modules += [path for path in front_end_modules() if path.suffix != ".css"]
    folders = [path.parent.relative_to(PROJECT).as_posix() for path in modules]
    crowded = {folder: n for folder in folders if (n := folders.count(folder)) > MOST_MODULES}

    assert crowded == {}


def test_modules_of_one_name_mean_the_same() -> None:
    names = [path.stem for path in python_modules() if path.name != "__init__.py"]

    assert {name for name in names if names.count(name) > 1} == MIRRORED


def test_the_client_has_no_two_modules_of_one_name() -> None:
    modules = [path for path in python_modules() if path.name != "__init__.py"]
    names = [path.stem for path in modules if (PACKAGE / "client") in path.parents]

    assert {name for name in names if names.count(name) > 1} == {"schedule"}, "it is an alias"
