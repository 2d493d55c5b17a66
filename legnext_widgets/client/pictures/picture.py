"""A picture as it is uploaded: upright, small enough, without what cameras add."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

MediaType = Literal["image/jpeg", "image/png", "image/webp"]
"""The types that are uploaded."""

SUFFIXES: Mapping[MediaType, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}


DAMAGED = "is a damaged or incomplete image file"
"""A reason, for `PictureError`."""


class PictureError(ValueError):
    """What was given is no picture that can be used.

    Attributes:
        reason: The rest of a sentence that begins with the argument's name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A picture that is ready to be uploaded. Two pictures are equal when they were made of one.

    Attributes:
        data: The file, without EXIF data, places, comments and names.
        media_type: Its type.
        width: Pixels.
        height: Pixels.
        identity: `sha256:` and the hash of what was given. It is the same on every machine and
            with every version of Pillow, which the prepared file need not be.
        label: What to call it here, such as its file name; it is never sent.
        changes: What was changed, in words.
    """

    data: bytes = field(repr=False)
    media_type: MediaType
    width: int
    height: int
    identity: str
    label: str = "picture"
    changes: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        """Its name where it is uploaded: the hash of the file, which says nothing about it."""
        return hashlib.sha256(self.data).hexdigest()[:40] + SUFFIXES[self.media_type]

    @property
    def size_text(self) -> str:
        """Pixels and bytes in words, such as `2048 x 1536, 812 KB`."""
        return f"{self.width} x {self.height}, {bytes_text(len(self.data))}"

    def __eq__(self, other: object) -> bool:
        return self.identity == other.identity if isinstance(other, Picture) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identity)

    def __repr__(self) -> str:
        return f"<Picture {self.label!r} {self.size_text}>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {self.media_type: self.data, "text/plain": repr(self)}


def identity_of(*parts: bytes) -> str:
    """Hash what was given."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"


def bytes_text(count: int) -> str:
    """Write a number of bytes for people."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} KB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
