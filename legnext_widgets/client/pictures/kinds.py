"""Describe files that Pillow does not read, and what to do about each."""

from __future__ import annotations

import io
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .picture import DAMAGED, PictureError

if TYPE_CHECKING:
    from PIL import Image

_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
HEIC_ADVICE = (
    "is an HEIC photo, as iPhones take them: install pillow-heif (pip install pillow-heif), or "
    "export it as JPEG (on an iPhone: Settings > Camera > Formats > Most Compatible)"
)
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_SVG = re.compile(rb"<svg\b", re.IGNORECASE)


def foreign_format(data: bytes) -> Image.Image:
    """Open a file that Pillow alone does not read: HEIC, where pillow-heif is installed.

    Raises:
        PictureError: It is nothing that can be opened; the message says what to do.
    """
    if not is_heic(data):
        what = describe_file(data)
        known = "" if ";" in what else ", not a supported image (JPEG, PNG, WebP)"
        raise PictureError(f"is {what}{known}")
    if find_spec("pillow_heif") is None:
        raise PictureError(HEIC_ADVICE)
    from pillow_heif import open_heif

    try:
        picture: Image.Image = open_heif(io.BytesIO(data)).to_pillow()
    except (OSError, ValueError, EOFError):
        raise PictureError(DAMAGED) from None
    return picture


def is_heic(data: bytes) -> bool:
    """Whether a file is an HEIC photo."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS


def describe_file(data: bytes) -> str:
    """Describe a file by its first bytes, such as `a text file` or `a video`."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_a = {
        "an HEIC photo": is_heic(data),
        "an SVG drawing; save it as PNG": _SVG.search(head),
        "a web page; use the image on it": _WEB_PAGE.search(head[:512]),
        "a PDF; save its page as PNG": head.startswith(b"%PDF"),
        "a video; take a frame of it, such as video.frame()": (
            data[4:8] == b"ftyp" or data[:4] == b"\x1aE\xdf\xa3"
        ),
        "a GIF": data[:6] in (b"GIF87a", b"GIF89a"),
        "a TIFF": data[:4] in (b"II*\0", b"MM\0*"),
        "a BMP": data[:2] == b"BM",
        "a ZIP archive or document": data[:2] == b"PK",
        "a text file": _is_text(head),
    }
    return next((kind for kind, it_is in is_a.items() if it_is), "a file of unknown type")


def _is_text(head: bytes) -> bool:
    try:
        text = head[:512].decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head[:512]) - 4 else ""
    return bool(text) and all(letter.isprintable() or letter.isspace() for letter in text)
