"""Take values as what they plainly are: by value and not by type, without the marks of pasting.

A text that was copied from a page, a chat or a table brings along what cannot be seen: spaces and
line ends around it, a byte order mark, zero-width spaces, marks of the direction of writing. They
are removed where they can mean nothing.
"""

from __future__ import annotations

import operator
import re
import uuid
from contextlib import suppress
from dataclasses import fields
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, SupportsIndex, cast

from legnext_widgets.client.api.urls import is_web_link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import Field

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    # Joiners belong to the words of some scripts, and to emoji: only beside ASCII they are none.
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_LINE_ENDS = re.compile("[\t\r\n\u2028\u2029]+ *")
_QUOTES = {'"': '"', "'": "'", "`": "`", "<": ">", "\u201c": "\u201d", "\u2018": "\u2019"}
_LINK_AT_HEAD = re.compile(r"[\"'`<\u201c\u2018]?https?://\S+", re.IGNORECASE)
_LINK_AT_END = re.compile(r"(?<!\S)(--end[ \t]+)(\S*https?://\S+)", re.IGNORECASE)


def clean_margins(text: str) -> str:
    """Remove white space and invisible characters around a text."""
    while (shorter := _without_invisible_ends(text).strip()) != text:
        text = shorter
    return text


def clean_word(text: str) -> str:
    """Clean what is one word, such as a key or an id: no quotes around it, nothing invisible."""
    word = _INVISIBLE.sub("", text).strip()
    while len(word) > 1 and _QUOTES.get(word[0]) == word[-1]:
        word = word[1:-1].strip()
    return word


def clean_link(link: object) -> object:
    """Clean a link. An object that is written as a link, such as `httpx.URL`, becomes a text.

    Returns:
        The link without line ends, as browsers take it; what is no text and no link, as it is.
    """
    if link is None or isinstance(link, bytes):
        return link
    if not isinstance(link, str):
        return str(link) if is_web_link(str(link)) else link
    return clean_word(_LINE_ENDS.sub("", clean_word(_plain(link))))


def clean_job_id(job_id: object) -> object:
    """Clean a job id; a `uuid.UUID` becomes a text. What is neither stays as it is."""
    if isinstance(job_id, uuid.UUID):
        return str(job_id)
    return clean_word(_plain(job_id)) if isinstance(job_id, str) else job_id


def clean_prompt(prompt: object) -> object:
    """Clean the margins of a prompt, the link at its head and that of `--end`.

    Its words stay as they are.
    """
    if not isinstance(prompt, str):
        return prompt
    text = _plain(prompt)
    bare = clean_margins(text)
    head = _LINK_AT_HEAD.match(bare)
    cleaned = bare if head is None else f"{clean_word(head[0])}{bare[head.end() :]}"
    cleaned = _LINK_AT_END.sub(lambda end: f"{end[1]}{clean_word(end[2])}", cleaned)
    # Spaces around words are the user's; what hides there is not.
    return text if text.strip() == cleaned else cleaned


def clean_number(number: object) -> object:
    """Return a whole number of any type, such as numpy's, as an `int`; all else as it is."""
    if type(number) is int or isinstance(number, bool | str):
        return number
    with suppress(TypeError):
        whole = operator.index(cast("SupportsIndex", number))
        return number if isinstance(number, int) else whole
    return number


def clean_seconds(number: object) -> object:
    """Return a number of any type, such as numpy's, as a `float`; all else as it is."""
    if isinstance(number, bool | str):
        return number
    item = getattr(number, "item", None)
    with suppress(TypeError, ValueError):
        value: object = item() if callable(item) else number
        if not isinstance(value, bool) and isinstance(value, Real):
            return float(value)
    return number


def clean_flag(flag: object) -> object:
    """Return a truth value of any type, such as numpy's, as a `bool`; all else as it is."""
    if isinstance(flag, bool | str):
        return flag
    item = getattr(flag, "item", None)
    with suppress(TypeError, ValueError):
        value = item() if callable(item) else flag
        return value if isinstance(value, bool) else flag
    return flag


def clean_choice(choice: object) -> object:
    """Return a word of a list in lower case and without margins; all else as it is."""
    return clean_word(_plain(choice)).lower() if isinstance(choice, str) else choice


def storable(text: str) -> str:
    """Replace what JSON can hold and a database cannot: half characters (lone surrogates), NUL."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")


_CLEAN: Mapping[str, Callable[[object], object]] = {
    "job_id": clean_job_id,
    "image_url": clean_link,
    "end_image_url": clean_link,
    "callback": clean_link,
    "prompt": clean_prompt,
    "text": clean_prompt,
    "image_no": clean_number,
    "video_no": clean_number,
    "video_type": clean_number,
    "batch_size": clean_number,
    "raw": clean_flag,
    "loop": clean_flag,
    "motion": clean_choice,
}


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def clean_fields(request: _Dataclass) -> None:
    """Clean the fields of a request while it is made."""
    for item in fields(request):
        value = getattr(request, item.name)
        cleaned = _CLEAN.get(item.name, _as_it_is)(value)
        if cleaned is not value:
            object.__setattr__(request, item.name, cleaned)


def _as_it_is(value: object) -> object:
    return value


def first_unusable(text: str) -> int | None:
    """Find the first character that neither a header nor a link can carry; None without one."""
    return next(
        (
            place
            for place, character in enumerate(text)
            if not (character.isascii() and character.isprintable()) or character == " "
        ),
        None,
    )


def _without_invisible_ends(text: str) -> str:
    hidden = _INVISIBLE.match(text)
    while hidden is not None:
        text = text[hidden.end() :]
        hidden = _INVISIBLE.match(text)
    while text and _INVISIBLE.fullmatch(text[-1]):
        text = text[:-1]
    return text


def _plain(text: str) -> str:
    """Return the text of a subclass of `str`, such as an enumeration or numpy's."""
    return text if type(text) is str else str.__str__(text)
