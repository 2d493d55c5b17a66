"""Whether a run of a cell takes the place of an earlier one, where the cell has no name."""

from __future__ import annotations

from types import SimpleNamespace

import ipywidgets
import pytest

from legnext_widgets.widgets.notebook.cells import (
    Run,
    Views,
    continues,
    names_assigned,
    names_holding,
)

STUDIO = ipywidgets.Button()
MADE = Run(None, 1, "studio = make()")


@pytest.mark.parametrize(
    ("variables", "text", "again"),
    [
        ({"studio": STUDIO}, "studio = make()", True),
        ({"studio": STUDIO}, "studio = make(prompt='edited')", True),
        ({"studio": STUDIO}, "another = make()", False),
        ({"studio": STUDIO}, "show(studio)", False),
        ({"studio": STUDIO}, "def f():\n    studio = make()", False),
        ({"studio": STUDIO, "kept": STUDIO}, "studio = make()", False),
        ({"studio": STUDIO, "kept": STUDIO}, "kept = studio = make()", True),
        ({"studios": [STUDIO]}, "studios = [make()]", True),
        ({"studios": [STUDIO]}, "studios.append(make())", False),
        ({"Out": {1: STUDIO}, "_": STUDIO, "_1": STUDIO}, "studio = make()", True),
        ({"Out": {1: STUDIO}, "_": STUDIO, "_1": STUDIO}, "make()", False),
        ({"studio": STUDIO}, "no Python at all", False),
    ],
)
def test_a_run_continues_a_widget_it_reassigns_or_that_the_same_text_made(variables, text, again):
    assert continues(STUDIO, MADE, Run(None, 2, text), variables) is again


@pytest.mark.parametrize(
    "value",
    [
        STUDIO,
        [1, STUDIO],
        {"a": STUDIO},
        {STUDIO},
        ipywidgets.VBox([STUDIO]),
        SimpleNamespace(studio=STUDIO),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_variable_holds_the_things_in_it(value):
    assert names_holding(STUDIO, {"it": value, "other": [2], "ipywidgets": ipywidgets}) == {"it"}


def test_assigned_names_are_read_from_the_text_of_a_cell():
    source = "import np\nfor i in range(3):\n    a, (b, *c) = await f(i)\nd: int = 1\nx.y = 2"

    assert names_assigned(source) == {"i", "a", "b", "c", "d"}


def test_views_are_all_gone_only_after_one_was_there():
    views = Views()
    gone = [views.all_closed]
    for view, is_open in [("1", True), ("2", True), ("1", False), ("2", False)]:
        views.update({"type": "view", "view": view, "open": is_open})
        gone.append(views.all_closed)

    assert gone == [False, False, False, False, True]
