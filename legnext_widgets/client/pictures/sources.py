"""Recognise a picture in any form: a file, bytes, an image, an array, a figure."""

from __future__ import annotations

import base64
import binascii
import io
import os
import re
import stat
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from legnext_widgets.files import expand_user

from .arrays import image_of_array
from .picture import Picture, PictureError, bytes_text
from .preparing import LARGEST_FILE, from_file, from_image

if TYPE_CHECKING:
    from PIL import Image

_OTHER_LINK = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_DATA_URL = re.compile(r"data:image/[\w.+-]+((?:;[^,;]*)*),", re.IGNORECASE)


class Readable(Protocol):
    """An open file."""

    def read(self) -> bytes:
        """Read it."""


class HasArray(Protocol):
    """An array of numpy, or an image of Pillow."""

    @property
    def __array_interface__(self) -> Mapping[str, object]:
        """Describe its memory."""


class Figure(Protocol):
    """A figure of matplotlib."""

    def savefig(self, fname: io.BytesIO, *, format: str) -> object:  # noqa: A002 - their name
        """Draw it."""


class Axes(Protocol):
    """Axes of matplotlib."""

    @property
    def figure(self) -> object:
        """The figure that they are in."""


PictureSource: TypeAlias = (
    "Picture | str | os.PathLike[str] | bytes | bytearray | memoryview | Readable | HasArray "
    "| Figure | Axes"
)
"""What `image=` takes besides a link."""


def picture_of(source: object) -> Picture:
    """Prepare a picture, in any form that a notebook holds.

    Args:
        source: A path, bytes, an open file, an image of Pillow, a numpy array, a figure or axes of
            matplotlib, a `data:` link, an upload of an ipywidget, or what displays itself as a PNG
            or JPEG.

    Raises:
        PictureError: It is no picture; the message is the rest of a sentence.
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, str | os.PathLike):
        return _of_text(source) if isinstance(source, str) else _of_path(Path(source))
    if (upload := _upload_in(source)) is not None:
        return from_file(bytes(upload["content"]), str(upload.get("name") or "upload"))
    if isinstance(source, bytes | bytearray | memoryview):
        return from_file(bytes(source), "picture")
    return _of_image(source) or _of_figure(source) or _of_array(source) or _of_rest(source)


def _upload_in(source: object) -> Mapping[str, Any] | None:
    """Return the one file of a `FileUpload` of ipywidgets: of its value, or an item of that."""
    if isinstance(source, Mapping) and "content" in source:
        return source
    given = source
    if isinstance(given, Mapping):  # ipywidgets 7: by name
        given = [{"name": name, **one} for name, one in given.items() if isinstance(one, Mapping)]
    if not isinstance(given, tuple | list):
        return None
    uploads = [one for one in given if isinstance(one, Mapping) and "content" in one]
    if len(uploads) > 1:
        raise PictureError(f"is an upload of {len(uploads)} files; give one of them")
    return uploads[0] if len(uploads) == len(given) == 1 else None


def _of_text(text: str) -> Picture:
    embedded = _DATA_URL.match(text)
    if embedded is not None:
        rest = text[embedded.end() :]
        try:
            is_base64 = ";base64" in embedded[1].lower()
            data = base64.b64decode(rest) if is_base64 else unquote_to_bytes(rest)
        except (binascii.Error, ValueError):
            raise PictureError("is a data: link that is damaged") from None
        return from_file(data, "picture")
    if text.lower().startswith("file:"):
        return _of_path(_path_of_link(text))
    if not text.strip():
        raise PictureError("is empty; give a link or the path of a file")
    if _OTHER_LINK.match(text):
        raise PictureError("must be an http:// or https:// link, or the path of a file")
    return _of_path(Path(text))


def _path_of_link(link: str) -> Path:
    """Return the path in a `file:` link; its host is a server of a Windows network."""
    parts = urlsplit(link)
    server = parts.netloc if parts.netloc.lower() != "localhost" else ""
    if server and sys.platform != "win32":
        raise PictureError(f"names a file on another computer ({server}); give a path on this one")
    return Path(url2pathname(f"//{server}{parts.path}" if server else parts.path))


def _of_path(path: Path) -> Picture:
    path = expand_user(path)
    data = b""
    try:
        found = path.stat()
        size, is_folder = found.st_size, stat.S_ISDIR(found.st_mode)
        if size <= LARGEST_FILE and stat.S_ISREG(found.st_mode):
            data = path.read_bytes()
    except FileNotFoundError:
        raise PictureError(
            f"does not name a file: {str(path)!r} does not exist in {Path.cwd()}, and it is not an "
            "http:// or https:// link"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"names a file that cannot be read ({path}): {reason}") from None
    if is_folder:
        raise PictureError(f"is a folder ({path}); give one file in it")
    if not stat.S_ISREG(found.st_mode):
        raise PictureError(f"is a device or a pipe ({path}), and no file")
    if size > LARGEST_FILE:
        raise PictureError(f"has {bytes_text(size)}; at most {bytes_text(LARGEST_FILE)} are read")
    return from_file(data, path.name)


def _of_image(source: object) -> Picture | None:
    """Take an image of Pillow, or a frame of PyAV."""
    pillow = sys.modules.get("PIL.Image")
    to_image = getattr(source, "to_image", None)
    if type(source).__module__.startswith("av.") and callable(to_image):
        return from_image(cast("Image.Image", to_image()), "frame")
    if pillow is None or not isinstance(source, pillow.Image):
        return None
    name = Path(str(getattr(source, "filename", "") or "picture")).name
    return from_image(cast("Image.Image", source), name)


def _of_figure(source: object) -> Picture | None:
    """Draw a figure of matplotlib, or the one that axes are in."""
    figure = source
    while figure is not None and not hasattr(figure, "savefig"):  # axes, or a subfigure
        figure = getattr(figure, "figure", None)
    if figure is None:
        return None
    file = io.BytesIO()
    cast("Figure", figure).savefig(file, format="png")
    if find_spec("PIL") is None:
        return from_file(file.getvalue(), "figure")
    from PIL import Image

    # The file names the version of the program that drew it; the pixels do not.
    with Image.open(file) as image:
        image.load()
        image.info.clear()
        return from_image(image, "figure")


def _of_array(source: object) -> Picture | None:
    if not (hasattr(type(source), "__array_interface__") or hasattr(source, "__array__")):
        return None
    image, changes = image_of_array(source)
    return from_image(image, "array", changes=changes)


def _of_rest(source: object) -> Picture:
    if not callable(getattr(source, "read", None)):
        return _of_display(source)
    try:
        data = b"" if isinstance(source, io.TextIOBase) else cast("Readable", source).read()
    except (OSError, ValueError) as error:
        raise PictureError(f"is a file that cannot be read: {error}") from None
    if isinstance(source, io.TextIOBase) or not isinstance(data, bytes | bytearray | memoryview):
        raise PictureError('is a file opened as text; open it with open(path, "rb")')
    if not data:
        raise PictureError("is a file with nothing left to read: empty, or read to its end before")
    name = getattr(source, "name", None)
    return from_file(bytes(data), Path(name).name if isinstance(name, str) else "picture")


def _of_display(source: object) -> Picture:
    """Take what an object shows of itself in a notebook, if that is a picture."""
    for name in ("_repr_png_", "_repr_jpeg_"):
        show = getattr(source, name, None)
        shown = show() if callable(show) else None
        if isinstance(shown, tuple):
            shown = shown[0]
        if isinstance(shown, str):
            shown = base64.b64decode(shown)
        if isinstance(shown, bytes):
            return from_file(shown, "picture")
    kind = type(source).__name__
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    raise PictureError(
        f"is {article} {kind}, not an image: pass a link, a path, bytes, an open file, "
        "a PIL image, a numpy array, or a matplotlib figure"
    )
