"""The cases that hold the judgement of links in Python and in the front end together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from legnext_widgets.client.api.values.reachability import obstacle_to

CASES = json.loads((Path(__file__).parent / "links.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["link"] for case in CASES])
def test_obstacles_are_known_by_the_link(case: dict[str, str | None]) -> None:
    assert obstacle_to(str(case["link"])) == case["obstacle"]


def test_what_is_no_link_has_no_obstacle() -> None:
    assert obstacle_to("not a link") is None
