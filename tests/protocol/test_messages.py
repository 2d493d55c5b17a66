"""The messages of the kernel by key, as `messages.json` lists them.

A test of the front end reads the same file: each key is translated into every language.
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

SHARED = json.loads((Path(__file__).parent / "messages.json").read_text(encoding="utf-8"))
PACKAGE = Path(__file__).resolve().parents[2] / "legnext_widgets"
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "messages.py"
)


def values_of(code: str) -> dict[str, str]:
    names = [name for _, name, _, _ in string.Formatter().parse(CATALOG[code]) if name]
    return dict.fromkeys(names, "x")


def test_the_shared_file_lists_the_catalog_and_the_problem_codes() -> None:
    assert SHARED["messages"] == dict(CATALOG)
    assert SHARED["problems"] == list(get_args(ProblemCode))


@pytest.mark.parametrize("code", CATALOG)
def test_each_message_of_the_catalog_is_used(code: str) -> None:
    assert re.search(rf'["\']{code}["\']', SOURCES)


@pytest.mark.parametrize("code", CATALOG)
def test_a_message_is_localized_with_its_text_key_and_values(code: str) -> None:
    message = Message(code, **values_of(code))

    assert "{" not in message
    assert localize(message) == {
        "text": str(message),
        "code": code,
        "values": values_of(code),
        "field": None,
    }


def test_a_text_of_the_service_is_not_translated() -> None:
    assert localize("sensitive content") == {
        "text": "sensitive content",
        "code": None,
        "values": {},
        "field": None,
    }


def test_an_error_is_localized_and_its_message_is_a_plain_text() -> None:
    error = BudgetExceededError(budget=1000, spent=600, cost=480)

    assert localize_error(error)["code"] == "over_budget"
    assert localize_error(error)["values"] == {"budget": 1000, "spent": 600, "cost": 480}
    assert type(error.message) is str
    again = pickle.loads(pickle.dumps(error))
    assert localize_error(again)["text"] == error.message


def test_invalid_inputs_are_localized_by_the_first_problem() -> None:
    error = InvalidInputError([Problem("prompt", "required", "is empty")])

    assert localize_error(error) == {
        "text": "prompt is empty",
        "code": "required",
        "values": {},
        "field": "prompt",
    }


def test_values_hold_no_signature_and_are_shortened() -> None:
    link = "https://example.com/a.mp4?X-Amz-Signature=secret"
    error = LegnextError(Message("not_started", reason=f"{link} {'x' * 5000}"))
    localized = localize_error(error)

    assert "secret" not in json.dumps(localized)
    assert len(str(localized["values"]["reason"])) == MAX_TEXT
