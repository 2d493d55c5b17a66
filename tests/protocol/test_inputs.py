"""The cases that hold the checks of inputs in Python and in the front end together."""

import json
from pathlib import Path

import pytest

from legnext_widgets.widgets.inputs import inputs_of, problems_of, request_of

CASES = json.loads((Path(__file__).parent / "inputs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_inputs_have_just_these_problems(case):
    inputs = inputs_of(case["inputs"])

    found = {field: problem.code for field, problem in problems_of(inputs).items()}

    assert found == case["problems"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case["problems"]], ids=lambda case: case["name"]
)
def test_inputs_without_problems_make_a_request(case):
    assert request_of(inputs_of(case["inputs"])).payload()
