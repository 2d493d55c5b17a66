"""Limits of the API's arguments, each once, and the checks made before anything is sent.

The limits are those of the service's documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

from legnext_widgets.client.errors import InvalidInputError

from .urls import is_job_id, is_web_link
from .values.cleaning import clean_job_id, clean_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PROMPT_LIMIT = 8192
"""Characters of a prompt, the link and the options in it counted."""

IMAGES = 4
"""An image job has four images and a video job up to four videos, numbered from 0."""

ImageNo: TypeAlias = Literal[0, 1, 2, 3]
"""Number of an image of a job."""

VideoNo: TypeAlias = Literal[0, 1, 2, 3]
"""Number of a video of a job."""

Motion: TypeAlias = Literal["low", "high"]
"""How much moves; the service's default is low."""

BatchSize: TypeAlias = Literal[1, 2, 4]
"""How many videos a job makes; the service's default is 4."""

NextStep: TypeAlias = Literal["animate", "extend", "upscale"]
"""What can be made of a result of a job."""

_RESULTS_OF = {
    "diffusion": "image",
    "video_diffusion": "video",
    "extend_video": "video",
    "video_upscale": "video",
}
"""What the jobs of a kind have as results; other kinds may exist."""

MOTIONS: tuple[Motion, ...] = get_args(Motion)
BATCH_SIZES: tuple[BatchSize, ...] = get_args(BatchSize)

ProblemCode = Literal[
    "required",
    "too_long",
    "not_text",
    "not_a_url",
    "unreachable_url",
    "share_page",
    "not_a_job_id",
    "out_of_range",
    "url_in_prompt",
    "image_given_twice",
    "given_twice",
    "mixed",
    "not_a_picture",
]
"""What can be wrong with an argument; the front end has a text for each in every language."""

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""A lone surrogate, which no JSON body in UTF-8 can carry."""

_MAX_SHOWN = 40


class Problem(NamedTuple):
    """A problem with one argument.

    Attributes:
        field: Name of the argument.
        code: The kind of problem, by which the front end finds its text.
        message: The rest of a sentence that begins with the field's name.
    """

    field: str
    code: ProblemCode
    message: str

    def __str__(self) -> str:
        return f"{self.field} {self.message}"


def check_text(field: str, text: object, *, required: bool = True) -> Iterator[Problem]:
    """Check a prompt: 1 to 8192 characters, more than white space."""
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
            field,
            "not_text",
            "must not contain a broken character, such as half of an emoji",
        )


def check_link(field: str, link: object) -> Iterator[Problem]:
    """Check an absolute http(s) link; None passes."""
    if link is not None and not (isinstance(link, str) and is_web_link(link)):
        space = re.search(r"\s", link) if isinstance(link, str) else None
        where = f"; there is one at position {space.start() + 1}" if space else ""
        yield Problem(
            field, "not_a_url", f"must be an http:// or https:// link without spaces{where}"
        )


def check_job_id(field: str, job_id: object) -> Iterator[Problem]:
    """Check a job id, a UUID."""
    if job_id is None or job_id == "":
        yield Problem(field, "required", "is missing: the id of a job, a UUID")
    elif not (isinstance(job_id, str) and is_job_id(job_id)):
        yield Problem(
            field,
            "not_a_job_id",
            "must be a job id, a UUID such as bb40cae1-edd9-4cb0-9f66-e029b4439100",
        )


def job_id_of(given: object) -> str:
    """Return the job id that a value is, such as a `uuid.UUID` or a text with spaces around it.

    Raises:
        InvalidInputError: It is no job id.
    """
    job_id = clean_job_id(given)
    require(check_job_id("job_id", job_id))
    return str(job_id)


def check_number(field: str, number: object, low: int, high: int) -> Iterator[Problem]:
    """Check a whole number from `low` to `high`; True and False are not numbers here."""
    if number is None:
        yield Problem(field, "required", f"is missing: a whole number from {low} to {high}")
    elif isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        yield Problem(
            field,
            "out_of_range",
            f"must be a whole number from {low} to {high}, not {_shown(number)}",
        )


def check_video_type(video_type: object) -> Iterator[Problem]:
    """Check the quality of a video: 0 or 1, which `VideoType` names."""
    for problem in check_number("video_type", video_type, 0, 1):
        choices = "VideoType.SD (0, 480p) or VideoType.HD (1, 720p)"
        yield problem._replace(message=f"must be {choices}, not {_shown(video_type)}")


def check_choice(field: str, value: object, choices: Sequence[object]) -> Iterator[Problem]:
    """Check that a value is one of a few, and of the same type."""
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        listed = ", ".join(map(repr, choices))
        yield Problem(field, "out_of_range", f"must be one of {listed}, not {_shown(value)}")


def require_source(
    step: NextStep, number: object, *, kind: str, status: str, count: int | None
) -> None:
    """Check that a job can be the source of a next step, as far as that is known.

    Args:
        step: What to do with one of its results.
        number: Which of its results.
        kind: The kind of the job, such as `video_diffusion`; empty or another word when unknown.
        status: Its status.
        count: How many results it has; None while it has none yet, or this is unknown.

    Raises:
        ValueError: It never can; the service would refuse, or take points for nothing.
    """
    wanted, source = ("image", "an image") if step == "animate" else ("video", "a video")
    if kind in _RESULTS_OF and _RESULTS_OF[kind] != wanted:
        raise ValueError(
            f"{step} needs the job of {source}, and this is a job of {_RESULTS_OF[kind]}s "
            f"({kind}). Nothing was sent."
        )
    if status in ("failed", "uncertain"):
        reason = "it failed" if status == "failed" else "it is unknown whether it was started"
        raise ValueError(f"{step} needs a job with results, and {reason}. Nothing was sent.")
    if count is not None and isinstance(number, int) and number >= count:
        listed = ", ".join(map(str, range(count))) or "none"
        raise ValueError(
            f"{step} needs the number of one of the job's {wanted}s ({listed}), not {number}. "
            "Nothing was sent."
        )


def take_of(given: object) -> int:
    """Return the number of a take, a whole number from 1 on.

    Raises:
        ValueError: It is none.
    """
    take = clean_number(given)
    if isinstance(take, bool) or not isinstance(take, int) or take < 1:
        raise ValueError(f"take must be a whole number of 1 or more, not {_shown(given)}")
    return take


def whole_of(name: str, value: object, *, least: int) -> int:
    """Check an option that is a whole number, of any type that stands for one."""
    number = clean_number(value)
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__}")
    if number < least:
        raise ValueError(f"{name} must be {least} or more")
    return int(number)


def seconds_of(name: str, given: object) -> float | None:
    """Check a number of seconds, or None for no limit.

    Raises:
        TypeError: It is no number.
        ValueError: It is not a number that can be waited for.
    """
    if given is None:
        return None
    number = clean_number(given)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError(f"{name} must be a number of seconds or None, not {type(given).__name__}")
    if number != number:  # noqa: PLR0124 - not a number
        raise ValueError(f"{name} must be a number of seconds or None, not NaN")
    return None if number == float("inf") else float(number)


def require(problems: Iterator[Problem]) -> None:
    """Raise `InvalidInputError` when there are problems."""
    found = list(problems)
    if found:
        raise InvalidInputError(found)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"


def require_known(
    function: str, given: Iterable[str], known: Iterable[str], unlisted: Iterable[str] = ()
) -> None:
    """Check the names of keyword arguments.

    Args:
        function: The name of the function that takes them, for the message.
        given: The names of the arguments.
        known: The names that exist.
        unlisted: Those of them that the message does not name, as they are for integrators.

    Raises:
        TypeError: A name does not exist; the message names the most similar one and all others.
    """
    allowed = set(known)
    listed = sorted(allowed.difference(unlisted))
    for name in given:
        if name not in allowed:
            from difflib import get_close_matches  # only where there is something to say

            similar = "".join(
                f" Did you mean {it!r}?" for it in get_close_matches(name, listed, n=1)
            )
            raise TypeError(
                f"{function}() has no option {name!r}.{similar} Its options: {', '.join(listed)}."
            )
