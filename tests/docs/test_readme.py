"""The README: its tables and its list of Python versions agree with the repository."""

from __future__ import annotations

import json
import re
import tomllib

from tests.docs.conftest import DOCS, PROJECT
from tests.docs.test_tables import table
from tests.hosts.editors import EDITORS
from tests.matrix.front_ends import ALL, NOT_HERE

README = (PROJECT / "README.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


def test_the_readme_lists_each_notebook_once() -> None:
    listed = re.findall(r"^\| \[(\w+)\]\(notebooks/(\w+)\.ipynb\) \|", README, re.MULTILINE)

    assert sorted(listed) == [(path.stem, path.stem) for path in NOTEBOOKS]


def test_readme_and_front_page_name_the_python_versions_of_the_classifiers() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    prefix = "Programming Language :: Python :: 3."
    versions = [c.rpartition(" ")[2] for c in project["classifiers"] if c.startswith(prefix)]
    named = f"Python {versions[0]} to {versions[-1]}"

    assert named in README
    assert named in (DOCS / "index.md").read_text(encoding="utf-8")
    assert project["requires-python"] == f">={versions[0]}"


def test_every_notebook_installs_the_package_in_colab() -> None:
    for path in NOTEBOOKS:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [c for c in notebook["cells"] if c["cell_type"] == "code"][:2]
        installs = ["%pip install" in "".join(cell["source"]) for cell in code]
        assert any(installs), path.name


def test_the_tables_of_front_ends_name_what_is_tested_in_each() -> None:
    rows = table("front-ends.md", after="# Front ends")
    states = {row["front end"]: row["state"] for row in rows}

    tested = {kind.label for kind in (*ALL, *EDITORS)}
    assert {name for name, state in states.items() if state == "works"} >= tested
    assert {name for name, state in states.items() if state == "designed for"} == set(NOT_HERE)
    section = README.partition("## Where it runs")[2]
    in_readme = {
        name.strip(): row[1]
        for line in section.splitlines()
        if line.startswith("|") and len(row := [c.strip() for c in line.strip("|").split("|")]) > 1
        for name in row[0].split(",")
    }
    for name, state in states.items():
        begins = {"works": "tested", "designed for": "designed for", "untested": "untested"}[state]
        if not name.startswith("a reader"):
            assert in_readme[name].startswith(begins), name
