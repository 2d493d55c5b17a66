"""Remove what cameras and programs add to a picture file, without touching its pixels.

EXIF data (with the place where a photo was taken), XMP, IPTC, comments, thumbnails and file names
go. Colour profiles stay, and of EXIF the one number that says how to turn the picture. Pure Python:
it needs no library for images.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .picture import DAMAGED, PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .picture import MediaType

_PNG = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = frozenset(
    b"IHDR PLTE tRNS IDAT IEND cHRM gAMA iCCP sBIT sRGB cICP acTL fcTL fdAT bKGD".split()
)
_KEPT_WEBP = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"))
_WEBP_METADATA = 0x08 | 0x04  # flags of EXIF and XMP
_ADOBE, _PROFILE, _JFIF = 0xEE, 0xE2, 0xE0
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker that ends the data of a scan."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class StrippedFile:
    """A picture file without metadata.

    Attributes:
        data: The file.
        media_type: Its type.
        width: Pixels as stored, before it is turned.
        height: Pixels as stored.
        orientation: 1 for upright, else 2 to 8 as EXIF counts.
        plain: Whether browsers and services show it like any other picture: 8 bits a channel, not
            animated, no transparency, no CMYK.
    """

    data: bytes
    media_type: MediaType
    width: int
    height: int
    orientation: int = 1
    plain: bool = True

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height as it is shown."""
        turned = self.orientation >= 5
        return (self.height, self.width) if turned else (self.width, self.height)


def strip_metadata(data: bytes) -> StrippedFile | None:
    """Remove the metadata of a JPEG, PNG or WebP file; None for files of all other types.

    Raises:
        PictureError: The file is damaged or cut.
    """
    try:
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg(data)
        if data[:8] == _PNG:
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        raise PictureError(DAMAGED) from None
    return None


def _jpeg(data: bytes) -> StrippedFile:
    kept, orientation = [b"\xff\xd8"], 1
    width = height = channels = 0
    for marker, start, end in _segments(data):
        body = data[start + 4 : end]
        if marker in _FRAMES:
            height, width, channels = struct.unpack(">HHB", body[1:6])
        if marker == 0xE1 and body[:6] == b"Exif\0\0":
            orientation = _orientation(body[6:])
        profile = marker == _PROFILE and body[:12] == b"ICC_PROFILE\0"
        if marker in (_JFIF, _ADOBE) or profile or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(_without_thumbnail(data[start:end]) if marker == _JFIF else data[start:end])
    if not width or not height:
        raise PictureError(DAMAGED)
    kept.append(b"\xff\xd9")
    if orientation != 1:
        kept.insert(1, _orientation_segment(orientation))
    return StrippedFile(
        b"".join(kept), "image/jpeg", width, height, orientation, plain=channels in (1, 3)
    )


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Return marker, start and end of each segment; that of a scan includes its data.

    What follows the end of the image is left out: phones append videos and depth maps there.
    """
    place = 2
    while True:
        while data[place : place + 2] == b"\xff\xff":
            place += 1
        marker = data[place + 1]
        if data[place] != 0xFF:
            raise PictureError(DAMAGED)
        if marker == 0xD9:
            return
        if marker in _STANDALONE:
            place += 2
            continue
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        end = place + 2 + length
        if marker == 0xDA:
            following = _MARKER.search(data, end)
            end = following.start() if following else len(data)
        if length < 2 or end >= len(data):
            raise PictureError(DAMAGED)
        yield marker, place, end
        place = end


def _without_thumbnail(segment: bytes) -> bytes:
    """Cut the thumbnail off a JFIF header, which shows the picture before it was cropped."""
    if segment[4:9] == b"JFIF\0" and len(segment) > 18:
        return segment[:2] + struct.pack(">H", 16) + segment[4:16] + b"\0\0"
    return segment


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack(f"{order}I", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
        for number in range(count):
            entry = tiff[start + 2 + 12 * number : start + 14 + 12 * number]
            tag, kind = struct.unpack(f"{order}HH", entry[:4])
            if tag == 0x0112 and kind == 3:
                (value,) = struct.unpack(f"{order}H", entry[8:10])
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _orientation_segment(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _png(data: bytes) -> StrippedFile:
    kept, place, orientation = [_PNG], 8, 1
    width = height = depth = colour = 0
    names = set()
    while True:
        length, name = struct.unpack(">I4s", data[place : place + 8])
        body, end = data[place + 8 : place + 8 + length], place + 12 + length
        if end > len(data):
            raise PictureError(DAMAGED)
        names.add(name)
        if name == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        if name == b"eXIf":
            orientation = _orientation(body)
        if name in _KEPT_CHUNKS:
            kept.append(data[place:end])
        if name == b"IEND":
            break
        place = end
    if orientation != 1:
        exif = _orientation_segment(orientation)[10:]
        chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif
        kept.insert(2, chunk + struct.pack(">I", zlib.crc32(b"eXIf" + exif)))
    plain = depth <= 8 and colour in (0, 2, 3) and not names & {b"tRNS", b"acTL"}
    return StrippedFile(b"".join(kept), "image/png", width, height, orientation, plain)


def _webp(data: bytes) -> StrippedFile:
    (length,) = struct.unpack("<I", data[4:8])
    if length + 8 > len(data):
        raise PictureError(DAMAGED)
    kept, place, end = [], 12, length + 8
    width = height = 0
    plain = True
    while place + 8 <= end:
        name, size = struct.unpack("<4sI", data[place : place + 8])
        body = data[place + 8 : place + 8 + size]
        if name == b"VP8X":
            plain = not body[0] & (0x10 | 0x02)
            width = 1 + int.from_bytes(body[4:7], "little")
            height = 1 + int.from_bytes(body[7:10], "little")
            body = bytes([body[0] & ~_WEBP_METADATA]) + body[1:]
        elif name == b"VP8 " and not width:
            width, height = (n & 0x3FFF for n in struct.unpack("<HH", body[6:10]))
        elif name == b"VP8L" and not width:
            (bits,) = struct.unpack("<I", body[1:5])
            width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
            plain = not bits >> 28 & 1
        if name in _KEPT_WEBP:
            kept.append(struct.pack("<4sI", name, size) + body + b"\0" * (size % 2))
        place += 8 + size + size % 2
    if not width or not height:
        raise PictureError(DAMAGED)
    content = b"WEBP" + b"".join(kept)
    return StrippedFile(
        b"RIFF" + struct.pack("<I", len(content)) + content, "image/webp", width, height, 1, plain
    )
