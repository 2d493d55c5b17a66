"""Prepare the pictures of a request: arguments that are not links."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets.client.api.urls import is_web_link
from legnext_widgets.client.api.validation import Problem
from legnext_widgets.client.api.values.cleaning import clean_link, clean_margins, clean_word
from legnext_widgets.client.errors import InvalidInputError
from legnext_widgets.client.pictures.picture import Picture, PictureError
from legnext_widgets.client.pictures.stored_picture import StoredPicture
from legnext_widgets.files import expand_user

if TYPE_CHECKING:
    from collections.abc import Mapping

LINK_LIMIT = 2048
"""Characters of a link to an uploaded picture, at most; more is warned about."""

LINK_ROOM = "x" * LINK_LIMIT
"""Stands for the link of a picture where the length of a prompt is checked before the upload."""

_LINKS = {"image": "image_url", "end_image": "end_image_url"}
"""Arguments that take a picture, and the argument that takes its link."""


def take_links(request: object) -> None:
    """Move what is a link from the arguments for pictures to those for links.

    Raises:
        InvalidInputError: A picture is given in both.
    """
    for name, link in _LINKS.items():
        given = getattr(request, name)
        if given is None or isinstance(given, Picture):
            continue
        if getattr(request, link) is not None:
            raise InvalidInputError([Problem(name, "given_twice", f"is also given by {link}")])
        if (text := link_of(given)) is not None:
            object.__setattr__(request, link, text)
            object.__setattr__(request, name, None)


def link_of(given: object) -> str | None:
    """Return the link that a value is, if it is one."""
    # Of the type: an image of Pillow decodes its file where it is asked for its memory.
    if not isinstance(given, str) and hasattr(type(given), "__array_interface__"):
        return None  # an array or an image; its text may be long
    text = None if isinstance(given, bytes | bytearray | memoryview) else clean_link(given)
    return text if isinstance(text, str) and is_web_link(text) else None


def prepare_pictures(request: object) -> None:
    """Prepare the pictures of a request that is otherwise right.

    Raises:
        InvalidInputError: One of them is no picture that can be used.
    """
    for name in _LINKS:
        given = getattr(request, name)
        if given is not None:
            object.__setattr__(request, name, picture_for(name, given))


def picture_for(name: str, given: object) -> Picture:
    """Prepare the picture of an argument.

    Raises:
        InvalidInputError: It is no picture that can be used.
    """
    from legnext_widgets.client.pictures.sources import picture_of

    try:
        return picture_of(_as_meant(given) if isinstance(given, str) else given)
    except PictureError as error:
        raise InvalidInputError([Problem(name, "not_a_picture", error.reason)]) from None


def _as_meant(text: str) -> str:
    """Clean a path; Windows copies one with quotes around it, which are no part of its name."""
    path, bare = clean_margins(text), clean_word(text)
    if bare != path:
        with suppress(OSError, ValueError):
            if expand_user(Path(path)).exists():
                return path
    return bare


def pictures_in(request: object) -> dict[str, Picture]:
    """Return the pictures of a request, by the argument that takes the link of each."""
    found = {link: getattr(request, name) for name, link in _LINKS.items()}
    return {link: picture for link, picture in found.items() if isinstance(picture, Picture)}


_STAND_IN = "https://picture.invalid/"
"""Begins a link that stands for a hash where a stored prompt is split."""


def with_links(prompt: str, pictures: Mapping[str, Picture]) -> str:
    """Put links in place of the hashes that a prompt has of pictures that were not uploaded."""
    for picture in pictures.values():
        prompt = prompt.replace(picture.identity, f"{_STAND_IN}{picture.identity[7:]}")
    return prompt


def with_pictures(
    given: Mapping[str, object], pictures: Mapping[str, Picture]
) -> dict[str, object]:
    """Return the arguments for pictures that belong to the links among other arguments."""
    found: dict[str, object] = {}
    for name, link in _LINKS.items():
        picture, sent = pictures.get(link), str(given.get(link) or "")
        if picture is None or not sent:
            continue
        found[name] = picture.sent_by(sent) if isinstance(picture, StoredPicture) else picture
        if sent.startswith(_STAND_IN):
            found[link] = None
    return found


def missing_link_problem(link: str) -> Problem:
    """Describe that a picture was not uploaded yet."""
    return Problem(
        link.removesuffix("_url"),
        "required",
        f"has no link yet: client.submit(request) uploads it, or request.linked({link}=...) sets "
        "your own link",
    )
