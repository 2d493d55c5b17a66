"""Badges and links: made of the project's own facts, without a network; none leads nowhere."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import nbformat
import pytest

from tests.docs.conftest import DOCS, PROJECT, load
from tests.docs.test_tables import table
from tests.matrix.front_ends import ALL, NOT_HERE

facts = load("facts")
NOW = facts.facts()
MADE_UP = replace(NOW, source="https://github.com/somebody/some-widgets")
ELSEWHERE = replace(NOW, source="https://git.example.org/somebody/some-widgets")


def test_the_badges_that_are_shown_say_what_the_project_says_of_itself() -> None:
    for name, parts in facts.badges(NOW).items():
        assert (facts.BADGES / f"{name}.svg").read_text(encoding="utf-8") == facts.badge(*parts)
    assert {path.stem for path in facts.BADGES.iterdir()} == set(facts.badges(NOW))
    values = {name: value for name, (_, value, _) in facts.badges(NOW).items()}
    assert values["python"] == "3.11 | 3.12 | 3.13 | 3.14"
    assert values["licence"] == "BSD-3-Clause"


def test_a_badge_is_a_picture_that_reads_its_text_aloud_and_loads_nothing() -> None:
    drawn = ET.fromstring(facts.badge("tested in", "A & B <3.6>", "#123456"))

    assert drawn.attrib["aria-label"] == "tested in: A & B <3.6>"
    links = [
        value for part in drawn.iter() for name, value in part.attrib.items() if "href" in name
    ]
    assert links == []
    right = drawn.findall(".//{*}text")[1]
    end = float(right.attrib["x"]) + float(right.attrib["textLength"])
    assert end < float(drawn.attrib["width"])


def test_the_readme_is_made_of_the_facts_of_today() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")

    assert facts.readme(text, NOW) == text, "run: python docs/facts.py"


def test_no_colab_link_is_shown_while_nobody_knows_where_the_sources_are() -> None:
    unknown = replace(NOW, source=None)
    text = (PROJECT / "README.md").read_text(encoding="utf-8")

    for given in (unknown, ELSEWHERE):  # Colab reads from GitHub only
        assert "colab.research" not in facts.readme(text, given)
        assert facts.notebook_page("not looked at", "quickstart", given) == "not looked at"


def test_each_notebook_gets_its_colab_link_as_soon_as_the_sources_have_an_address() -> None:
    text = facts.readme((PROJECT / "README.md").read_text(encoding="utf-8"), MADE_UP)
    root = "https://colab.research.google.com/github/somebody/some-widgets/blob/main/notebooks"
    notebooks = sorted((PROJECT / "notebooks").glob("*.ipynb"))

    assert sorted(facts.NOTEBOOKS) == [path.stem for path in notebooks]
    for path in notebooks:
        link = f"{root}/{path.name}"
        assert f"]({link})" in text
        page: Any = nbformat.reads(
            facts.notebook_page(path.read_text(encoding="utf-8"), path.stem, MADE_UP), 4
        )
        nbformat.validate(page)
        title, _, second, *_ = page.cells[0].source.splitlines()
        assert title.startswith("# ")
        assert second == f"[Open in Google Colab]({link})"


@pytest.mark.parametrize("address", ["https://github.com/a/b/", "https://github.com/a/b.git"])
def test_an_address_is_understood_however_it_is_written(address: str) -> None:
    link = replace(NOW, source=address).colab("lesson")

    assert link == "https://colab.research.google.com/github/a/b/blob/main/notebooks/lesson.ipynb"


def test_the_address_is_the_one_in_the_projects_metadata() -> None:
    written = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    with_address = f'{written}\n[project.urls]\nSource = "https://github.com/a/b"\n'
    if "[project.urls]" in written:
        with_address = re.sub(r"(?m)^Source = .*$", 'Source = "https://github.com/a/b"', written)

    assert facts.read(with_address, "").source == "https://github.com/a/b"


def test_every_notebook_installs_the_package_in_colab() -> None:
    for path in (PROJECT / "notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [c for c in notebook["cells"] if c["cell_type"] == "code"][:2]
        installs = ["%pip install" in "".join(cell["source"]) for cell in code]
        assert any(installs), path.name


def test_the_tables_of_front_ends_say_what_is_tested_in_which() -> None:
    rows = table("front-ends.md", after="# Front ends")
    states = {row["front end"]: row["state"] for row in rows}

    tested = {kind.label for kind in ALL}
    assert {name for name, state in states.items() if state == "works"} >= tested
    assert {name for name, state in states.items() if state == "built for"} == set(NOT_HERE)
    assert set(NOW.front_ends) >= tested
    said = (DOCS.parent / "README.md").read_text(encoding="utf-8").partition("## Where it runs")[2]
    by_words = {
        name.strip(): row[1]
        for line in said.splitlines()
        if line.startswith("|") and len(row := [c.strip() for c in line.strip("|").split("|")]) > 1
        for name in row[0].split(",")
    }
    for name, state in states.items():
        begins = {"works": "tested", "built for": "built for", "not yet": "not yet"}[state]
        if not name.startswith("a reader"):
            assert by_words[name].startswith(begins), name
