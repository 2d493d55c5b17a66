"""Checks of arguments, before anything is sent: each limit stands here once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .prompt import PROMPT_LIMIT
from .urls import is_job_id, is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ProblemCode = Literal[
    "required",
    "too_long",
    "not_text",
    "not_a_url",
    "not_a_job_id",
    "out_of_range",
    "url_in_prompt",
    "image_given_twice",
    "given_twice",
    "mixed",
]
"""What can be wrong with an input; the front end has words for each, in every language."""

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""A lone surrogate: no JSON body in UTF-8 can carry it."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with one input.

    Attributes:
        field: Name of the argument.
        code: A fixed word for the kind of problem; the front end has its text in each language.
        message: The rest of a sentence that begins with the field's name.
    """

    field: str
    code: ProblemCode
    message: str

    def __str__(self) -> str:
        return f"{self.field} {self.message}"


class InvalidInputError(ValueError):
    """Arguments outside their limits; nothing was sent.

    Attributes:
        problems: All that is wrong, in the order of the arguments.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))

    def __reduce__(self) -> tuple[type[InvalidInputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def check_text(field: str, text: object, *, required: bool = True) -> Iterator[Problem]:
    """A prompt: 1 to 8192 characters, more than white space."""
    if not isinstance(text, str):
        yield Problem(field, "required", f"must be a text of 1 to {PROMPT_LIMIT} characters")
    elif required and not text.strip():
        yield Problem(field, "required", f"must have 1 to {PROMPT_LIMIT} characters; it is empty")
    elif len(text) > PROMPT_LIMIT:
        yield Problem(
            field,
            "too_long",
            f"must have 1 to {PROMPT_LIMIT} characters, link and options counted, not {len(text)}",
        )
    elif _HALF_CHARACTER.search(text):
        yield Problem(
            field, "not_text", "must be whole characters; it holds half of one, such as of an emoji"
        )


def check_link(field: str, link: object) -> Iterator[Problem]:
    """An absolute http(s) link, or None."""
    if link is not None and not (isinstance(link, str) and is_web_link(link)):
        yield Problem(field, "not_a_url", "must be an http:// or https:// link without spaces")


def check_job_id(field: str, job_id: object) -> Iterator[Problem]:
    """A job id: a UUID."""
    if job_id is None or job_id == "":
        yield Problem(field, "required", "is missing: the id of a job, a UUID")
    elif not (isinstance(job_id, str) and is_job_id(job_id)):
        yield Problem(
            field,
            "not_a_job_id",
            "must be a job id, a UUID such as bb40cae1-edd9-4cb0-9f66-e029b4439100",
        )


def check_number(field: str, number: object, low: int, high: int) -> Iterator[Problem]:
    """A whole number from `low` to `high`; True and False are not numbers here."""
    if number is None:
        yield Problem(field, "required", f"is missing: a whole number from {low} to {high}")
    elif isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        yield Problem(
            field,
            "out_of_range",
            f"must be a whole number from {low} to {high}, not {_shown(number)}",
        )


def check_choice(field: str, value: object, choices: Sequence[object]) -> Iterator[Problem]:
    """One of a few values, of the same type."""
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        listed = ", ".join(map(repr, choices))
        yield Problem(field, "out_of_range", f"must be one of {listed}, not {_shown(value)}")


def require(problems: Iterator[Problem]) -> None:
    """Raises `InvalidInputError` when there are problems."""
    found = list(problems)
    if found:
        raise InvalidInputError(found)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
