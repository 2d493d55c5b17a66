"""The kernel's messages and the front end's translations have the same keys.

`messages.json` holds both to it: the front end's own test reads the same file, and each key has a
text there in every language.
"""

from __future__ import annotations

import json
import pickle
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from legnext_widgets.client.api.validation import Problem, ProblemCode
from legnext_widgets.client.errors import BudgetExceededError, InvalidInputError, LegnextError
from legnext_widgets.client.messages import CATALOG, REASONS, Message, recognized_reason
from legnext_widgets.widgets.kernel.protocol.localized import MAX_TEXT, localize, localize_error

SHARED = json.loads((Path(__file__).parent / "messages.json").read_text(encoding="utf-8"))
PACKAGE = Path(__file__).resolve().parents[2] / "legnext_widgets"
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "messages.py"
)


def params_of(key: str) -> dict[str, str]:
    english = {**CATALOG, **REASONS}[key]
    names = [name for _, name, _, _ in string.Formatter().parse(english) if name]
    return dict.fromkeys(names, "x")


def test_the_shared_file_equals_the_catalog() -> None:
    assert SHARED["messages"] == dict(CATALOG)
    assert SHARED["reasons"] == dict(REASONS)
    assert not set(CATALOG) & set(REASONS)
    assert SHARED["problems"] == list(get_args(ProblemCode))


@pytest.mark.parametrize("key", [*CATALOG, *REASONS])
def test_each_message_is_used(key: str) -> None:
    assert re.search(rf'["\']{key}["\']', SOURCES)


@pytest.mark.parametrize("key", CATALOG)
def test_each_message_is_a_sentence_with_a_full_stop(key: str) -> None:
    english = CATALOG[key]

    assert english[0].isupper() or english.startswith(("{", "api_key"))
    assert english.endswith((".", "{reason}"))  # a reason is a sentence of its own


@pytest.mark.parametrize("key", REASONS)
def test_each_reason_is_the_end_of_a_sentence(key: str) -> None:
    assert not REASONS[key][0].isupper()
    assert not REASONS[key].endswith(".")


@pytest.mark.parametrize("key", [*CATALOG, *REASONS])
def test_a_message_is_its_english_with_its_params(key: str) -> None:
    message = Message(key, **params_of(key))

    assert "{" not in message
    assert localize(message) == {
        "text": str(message),
        "code": key,
        "values": params_of(key),
        "field": None,
    }


def test_a_text_of_the_service_is_passed_on_as_it_came() -> None:
    assert localize("sensitive content") == {
        "text": "sensitive content",
        "code": None,
        "values": {},
        "field": None,
    }


def test_an_error_keeps_its_message_key_and_its_message_is_a_plain_text() -> None:
    error = BudgetExceededError(budget=1000, spent=600, cost=480)

    assert localize_error(error)["code"] == "over_budget"
    assert localize_error(error)["values"] == {"budget": 1000, "spent": 600, "cost": 480}
    assert type(error.message) is str
    again = pickle.loads(pickle.dumps(error))
    assert localize_error(again)["text"] == error.message


def test_the_first_of_several_bad_inputs_gives_the_message() -> None:
    error = InvalidInputError([Problem("prompt", "required", "is empty")])

    assert localize_error(error) == {
        "text": "prompt is empty",
        "code": "required",
        "values": {},
        "field": "prompt",
    }


def test_a_job_that_bad_inputs_kept_from_starting_says_so_in_any_language() -> None:
    error = LegnextError(Message("not_started", reason="prompt is empty."))
    error.__cause__ = InvalidInputError([Problem("prompt", "required", "is empty")])

    localized = localize_error(error)
    reason = localized["values"]["reason"]
    assert localized["text"] == "The job could not be started: prompt is empty."
    assert isinstance(reason, dict)
    assert (reason["code"], reason["field"]) == ("required", "prompt")


def test_a_param_keeps_no_signature_of_a_link_and_is_cut_to_a_limit() -> None:
    link = "https://example.com/a.mp4?X-Amz-Signature=secret"
    error = LegnextError(Message("not_started", reason=f"{link} {'x' * 5000}"))
    localized = localize_error(error)

    assert "secret" not in json.dumps(localized)
    assert len(str(localized["values"]["reason"])) == MAX_TEXT


def test_a_reason_in_a_message_travels_as_a_message_of_its_own() -> None:
    link = "https://example.com/a?X-Amz-Signature=secret"
    error = LegnextError(Message("unreachable", host="h", reason=Message("broke", error=link)))
    localized = localize_error(error)

    assert localized["text"].startswith("Could not reach h (the connection broke: https://example")
    assert localized["values"]["host"] == "h"
    reason = localized["values"]["reason"]
    assert isinstance(reason, dict)
    assert reason["code"] == "broke"
    assert "secret" not in json.dumps(localized)


def test_a_long_value_of_a_reason_is_cut_and_its_end_stays() -> None:
    why = Message("certificate_refused", error="x" * 5000)
    localized = localize(Message("unreachable", host="h", reason=why))

    assert localized["text"].endswith("with its certificate). Nothing was sent.")
    assert len(localized["text"]) < 2 * MAX_TEXT


@pytest.mark.parametrize("stored", ["{}", "{}.", "Once {}"])
@pytest.mark.parametrize(
    "key", ["broke", "no_answer_in_time", "no_whole_answer_in_time", "answer_was", "process_ended"]
)
def test_a_stored_reason_is_recognized(key: str, stored: str) -> None:
    reason = Message(key, **params_of(key))
    found = recognized_reason(stored.format(reason))

    if stored == "Once {}":
        assert type(found) is str
        return
    assert isinstance(found, Message)
    assert (found.key, found.params) == (key, reason.params)


def test_a_reason_of_version_0_1_is_recognized() -> None:
    found = recognized_reason("The process that sent it ended before the answer was recorded.")

    assert isinstance(found, Message)
    assert found.key == "process_ended"
    assert recognized_reason("ReadError: reset") == "ReadError: reset"


@pytest.mark.parametrize(
    ("stored", "key", "params"),
    [
        ("no answer in time", "no_answer_in_time", {}),
        ("no whole answer in time", "no_whole_answer_in_time", {}),
        ("the answer is far too long.", "answer_too_long", {}),
        ("the response names no job", "answer_names_no_job", {}),
        ("the answer was HTTP 502: Bad", "answer_was", {"status": "502", "text": "Bad"}),
        ("no clip", "no_clip", {}),
    ],
)
def test_a_reason_in_the_english_of_an_earlier_version_is_recognized(
    stored: str, key: str, params: dict[str, str]
) -> None:
    found = recognized_reason(stored)

    assert isinstance(found, Message)
    assert (found.key, found.params) == (key, params)
