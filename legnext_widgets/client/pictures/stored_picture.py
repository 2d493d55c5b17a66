"""Stored pictures of earlier sessions: the record of one, and its file, read when needed."""

from __future__ import annotations

import copy
import re
from functools import cached_property
from typing import TYPE_CHECKING, cast

from legnext_widgets.client.errors import UploadError

from .picture import SUFFIXES, Picture, bytes_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from legnext_widgets.client.api.bounded_json import JSONObject

_TYPES = {suffix: kind for kind, suffix in SUFFIXES.items()}
_NAME = re.compile(r"[0-9a-f]{40}(\.jpg|\.png|\.webp)")
_IDENTITY = re.compile(r"sha256:[0-9a-f]{64}")
_LONGEST_LABEL = 200


class StoredPicture(Picture):
    """A picture that a request of an earlier session was made with.

    Args:
        file: Its file, which may be gone by now.
        record: What was stored of it; see `record_of`.
    """

    def __init__(self, file: Path, record: Mapping[str, object]) -> None:
        found: dict[str, object] = {
            "file": file,
            "name": file.name,
            "media_type": _TYPES[file.suffix],
            "identity": record["identity"],
            "label": str(record.get("label") or "picture")[:_LONGEST_LABEL],
            "changes": (),
            **{name: _whole(record.get(name)) for name in ("width", "height", "size")},
        }
        self.__dict__.update(found)

    file: Path
    size: int
    link: str | None = None
    """By which it was sent, as it was stored: without a signature."""

    def sent_by(self, link: str) -> StoredPicture:
        """Copy with the link by which it was sent."""
        made = copy.copy(self)
        made.__dict__["link"] = link
        return made

    @cached_property
    def data(self) -> bytes:
        """The file.

        Raises:
            UploadError: It is gone.
        """
        try:
            return self.file.read_bytes()
        except OSError:
            raise UploadError(
                f"The picture {self.label!r} is no longer in the library. Pass it again. "
                "Nothing was sent."
            ) from None

    @property
    def is_there(self) -> bool:
        """Whether its file can still be read."""
        return self.file.is_file()

    @property
    def size_text(self) -> str:
        """Pixels and bytes in words."""
        return f"{self.width} x {self.height}, {bytes_text(self.size)}"


def record_of(picture: Picture) -> JSONObject:
    """Describe a picture, so that a later session can name it."""
    size = picture.size if isinstance(picture, StoredPicture) else len(picture.data)
    return {
        "identity": picture.identity,
        "name": picture.name,
        "width": picture.width,
        "height": picture.height,
        "size": size,
        "label": picture.label[:_LONGEST_LABEL],
    }


def pictures_of(records: Mapping[str, object], folder: Path) -> dict[str, Picture]:
    """Return the pictures that were described, by the argument that took the link of each.

    Args:
        records: Their descriptions. One that this version does not understand is left out.
        folder: Where their files are.
    """
    found: dict[str, Picture] = {}
    for argument, record in records.items():
        known = cast("Mapping[str, object]", record) if isinstance(record, dict) else {}
        name, identity = str(known.get("name")), str(known.get("identity"))
        if _NAME.fullmatch(name) and _IDENTITY.fullmatch(identity):
            found[argument] = StoredPicture(folder / name, known)
    return found


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
