"""What the kernel says by code: `sayings.json` holds it together with the words of the front end.

The front end's own test reads the same file: each code has words there in every language.
"""

from __future__ import annotations

import json
import pickle
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from legnext_widgets.client.api.validation import InvalidInputError, Problem, ProblemCode
from legnext_widgets.client.errors import BudgetExceededError, LegnextError
from legnext_widgets.client.messages import CATALOG, Message
from legnext_widgets.widgets.kernel.localized import MAX_TEXT, localize, localize_error

CONTRACT = json.loads((Path(__file__).parent / "sayings.json").read_text(encoding="utf-8"))
PACKAGE = Path(__file__).resolve().parents[2] / "legnext_widgets"
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "messages.py"
)


def values_of(code: str) -> dict[str, str]:
    names = [name for _, name, _, _ in string.Formatter().parse(CATALOG[code]) if name]
    return dict.fromkeys(names, "x")


def test_the_contract_is_what_the_package_can_say() -> None:
    assert CONTRACT["sayings"] == dict(CATALOG)
    assert CONTRACT["problems"] == list(get_args(ProblemCode))


@pytest.mark.parametrize("code", CATALOG)
def test_each_code_is_said_somewhere(code: str) -> None:
    assert re.search(rf'["\']{code}["\']', SOURCES)


@pytest.mark.parametrize("code", CATALOG)
def test_a_saying_is_its_english_with_its_values(code: str) -> None:
    saying = Message(code, **values_of(code))

    assert "{" not in saying
    assert localize(saying) == {
        "text": str(saying),
        "code": code,
        "values": values_of(code),
        "field": None,
    }


def test_what_is_no_saying_is_told_as_it_came() -> None:
    assert localize("sensitive content") == {
        "text": "sensitive content",
        "code": None,
        "values": {},
        "field": None,
    }


def test_an_error_knows_what_it_says_and_is_a_plain_text_to_everybody_else() -> None:
    error = BudgetExceededError(budget=1000, spent=600, cost=480)

    assert localize_error(error)["code"] == "over_budget"
    assert localize_error(error)["values"] == {"budget": 1000, "spent": 600, "cost": 480}
    assert type(error.message) is str
    again = pickle.loads(pickle.dumps(error))
    assert localize_error(again)["text"] == error.message


def test_bad_inputs_are_told_by_the_first_of_them() -> None:
    error = InvalidInputError([Problem("prompt", "required", "is empty")])

    assert localize_error(error) == {
        "text": "prompt is empty",
        "code": "required",
        "values": {},
        "field": "prompt",
    }


def test_no_value_keeps_what_signs_a_link_and_none_makes_a_message_large() -> None:
    link = "https://example.com/a.mp4?X-Amz-Signature=secret"
    error = LegnextError(Message("not_started", reason=f"{link} {'x' * 5000}"))
    said = localize_error(error)

    assert "secret" not in json.dumps(said)
    assert len(said["values"]["reason"]) == MAX_TEXT
