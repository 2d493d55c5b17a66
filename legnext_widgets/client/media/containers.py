"""Check that a file is a whole clip or an image by its container. No decoder is needed.

A clip is ISO BMFF (MP4): boxes from the first byte of the file to its last, each with its length
and type. Its parts are `ftyp`, `moov` (the tables) and `mdat` (pictures and sound). A file that was
cut at the border of a box still has consistent boxes; the tables tell how far it must reach.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from legnext_widgets.client.messages import Message

from .sample_tables import end_of_index, end_of_samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FileKind = Literal["clip", "image", "media"]
"""What a file should be; `media` is either of the two."""

HEAD = 16
"""Bytes from which `begins_like` can tell."""

MAX_TABLES = 64 * 2**20
"""Bytes of `moov` that are read. Those of a clip are some kilobytes."""

MAX_BOXES = 100_000
"""Boxes on the top level; a fragmented file has a few for each second."""

_KINDS = (
    b"ftyp styp moov moof mfra mdat imda meta meco free skip wide uuid udta sidx ssix prft emsg "
    b"pdin pnot"
)
_TOP_LEVEL = frozenset(_KINDS.split())

_MEDIA = (b"mdat", b"imda")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")
_IMAGE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1")


class Flaw(NamedTuple):
    """Why a file is no whole clip or image.

    Attributes:
        reason: What the file is, as the end of a sentence such as "The server sent ...".
        cut: Whether its beginning is sound and only its end is missing.
        expected: Bytes that it should have, about; None while unknown.
    """

    reason: str
    cut: bool = False
    expected: int | None = None


class _Box(NamedTuple):
    kind: bytes
    begin: int
    header: int
    end: int


def begins_like(kind: FileKind, head: bytes) -> bool:
    """Check the first bytes of a file, at least `HEAD` of them if it has so many."""
    image = _is_image(head)
    clip = head[4:8] == b"ftyp" and not image
    return {"clip": clip, "image": image, "media": clip or image}[kind]


def flaw_in_path(kind: FileKind, path: Path) -> Flaw | None:
    """Find out why a file on disk is no whole clip or image; None when it is one.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return flaw_in(kind, file)


def flaw_on_disk(path: Path, size: int | None) -> Flaw | None:
    """Find out why a kept clip is not what it was; None when it seems to be.

    Args:
        path: The file.
        size: Bytes that it had when it was kept; None while unknown.

    Raises:
        OSError: It cannot be read.
    """
    try:
        found = path.stat().st_size
    except FileNotFoundError:
        return Flaw(Message("file_missing"))
    if size is not None and found != size:
        cut = found < size
        return Flaw(shown_size(found, size) if cut else Message("file_grown"), cut, size)
    return flaw_in_path("clip", path)


def flaw_in(kind: FileKind, file: IO[bytes]) -> Flaw | None:
    """Find out why an open file is no whole clip or image; None when it is one.

    Args:
        kind: What it should be.
        file: At any position; the position afterwards is undefined.

    Raises:
        OSError: It cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(HEAD)
    if not begins_like(kind, head):
        if kind != "image" and b"ftyp".startswith(head[4:8]) and 0 < size < HEAD:
            return Flaw(f"the first {size} bytes of a clip", cut=True)
        return Flaw(Message("no_clip") if kind == "clip" else "no picture")
    return None if _is_image(head) else _flaw_in_clip(file, size)


def shown_size(size: int, expected: int | None = None) -> str:
    """Describe how much of a file there is, such as `1.2 of about 3 MB`."""
    whole = max(size, expected or 0)
    unit, name = (1e6, "MB") if whole >= 100_000 else (1e3, "kB") if whole >= 1000 else (1, "bytes")
    have = f"{size / unit:.1f}".removesuffix(".0")
    if expected is None:
        return f"{have} {name}"
    if have == f"{expected / unit:.1f}".removesuffix(".0"):
        return Message("file_cut", have=size, whole=expected, unit="bytes")
    whole_file = f"{expected / unit:.1f}".removesuffix(".0")
    return Message("file_cut", have=have, whole=whole_file, unit=name)


def _is_image(head: bytes) -> bool:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    if head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS:
        return True
    return head.startswith(_IMAGES)


def _flaw_in_clip(file: IO[bytes], size: int) -> Flaw | None:
    boxes: list[_Box] = []
    for box in _boxes(file, size):
        if isinstance(box, Flaw):
            return box
        boxes.append(box)
        if len(boxes) > MAX_BOXES:
            return Flaw("a file with too many parts")
    reach = max((_reach(file, box) for box in boxes), default=0)
    if reach > size:
        return _cut(size, reach)
    if not any(box.kind == b"moov" for box in boxes):
        return Flaw("a clip without its tables (no moov box)", cut=True)
    media = sum(box.end - box.begin - box.header for box in boxes if box.kind in _MEDIA)
    if media == 0 or boxes[-1].kind == b"moof":
        return Flaw("a clip without its pictures (no mdat box)", cut=True)
    return None


def _reach(file: IO[bytes], box: _Box) -> int:
    """Find out how far the file must reach by what is in a box; 0 when it does not say."""
    if box.end - box.begin > MAX_TABLES:
        return 0
    if box.kind == b"moov":
        return end_of_samples(_content(file, box))
    if box.kind == b"sidx" and (following := end_of_index(_content(file, box))):
        return box.end + following
    return 0


def _content(file: IO[bytes], box: _Box) -> bytes:
    file.seek(box.begin + box.header)
    return file.read(box.end - box.begin - box.header)


def _boxes(file: IO[bytes], size: int) -> Iterator[_Box | Flaw]:
    """Walk over the boxes of the top level to the end of the file, or to the first flaw."""
    begin = 0
    while begin < size:
        file.seek(begin)
        head = file.read(16)
        kind, length, header = head[4:8], int.from_bytes(head[:4], "big"), 8
        if len(head) < 8:
            yield _cut(size, None) if _may_begin(kind, head) else _garbage(size - begin)
            return
        if length == 1:
            header, length = 16, int.from_bytes(head[8:16], "big")
            if len(head) < 16:
                yield _cut(size, None) if kind in _TOP_LEVEL else _garbage(size - begin)
                return
        elif length == 0:
            length = size - begin
            if kind not in _TOP_LEVEL - {b"ftyp", b"moof"}:
                yield _garbage(size - begin)
                return
        if length < header or not all(0x20 <= byte < 0x7F for byte in kind):
            yield _garbage(size - begin)
            return
        end = begin + length
        if end > size:
            yield _cut(size, end) if kind in _TOP_LEVEL else _garbage(size - begin)
            return
        yield _Box(kind, begin, header, end)
        begin = end


def _may_begin(kind: bytes, head: bytes) -> bool:
    """Whether fewer than 8 bytes may be the beginning of a box."""
    return head[:1] == b"\0" and any(known.startswith(kind) for known in _TOP_LEVEL)


def _cut(size: int, expected: int | None) -> Flaw:
    if expected is None:
        return Flaw(f"the first {shown_size(size)} of a longer clip", cut=True)
    return Flaw(shown_size(size, expected), cut=True, expected=expected)


def _garbage(left: int) -> Flaw:
    return Flaw(f"a clip followed by {shown_size(left)} of other data")
