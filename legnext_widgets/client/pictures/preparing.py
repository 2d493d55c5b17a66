"""Make a picture ready for the service: upright, at most 2,048 pixels, JPEG or PNG, no metadata.

With Pillow (extra `frames`, `upload` or `sandbox`) every picture is. Without it, JPEG, PNG and WebP
files of that size are used as they are, with their metadata removed.
"""

from __future__ import annotations

import io
import math
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .arrays import BRIGHTENED
from .kinds import HEIC_ADVICE, describe_file, foreign_format, is_heic
from .picture import DAMAGED, Picture, PictureError, bytes_text, identity_of
from .stripping import StrippedFile, strip_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from .picture import MediaType

LONGEST_SIDE = 2048
"""Pixels. The service makes clips of at most 720 rows; a larger picture only takes longer."""

MOST_PIXELS = 80_000_000
"""A picture with more is refused: it would fill the memory."""

LARGEST_FILE = 100 * 2**20
"""Bytes of a file that is read."""

LARGEST_UNTOUCHED = 8 * 2**20
"""Bytes of a file that is uploaded as it is, without its metadata."""

_JPEG_QUALITY = 92
_FEW_COLOURS = 4096
"""A picture of no more colours is a drawing or a screenshot, and stays a PNG."""

_SMALL_FILE = 256 * 1024
_ROWS_AT_ONCE = 256

_NEEDS_PILLOW = "Install Pillow for that: pip install 'legnext-widgets[frames]'"
_SMALLER = "made smaller, from "
_CLOSED = "is an image that was closed; open it again"


def from_file(data: bytes, label: str) -> Picture:
    """Prepare the bytes of a picture file.

    Args:
        data: The file.
        label: What to call it here.

    Raises:
        PictureError: It is no picture, damaged, too large, or needs Pillow.
    """
    if not data:
        raise PictureError("is empty (0 bytes)")
    _require_at_most(len(data), LARGEST_FILE)
    known = strip_metadata(data)
    identity = identity_of(data)
    if known is not None:
        _require_pixels(known.width, known.height)
        if _fits(known) and known.orientation == 1 and _is_whole(known):
            smaller = len(known.data) < len(data)
            return _untouched(known, identity, label, ("metadata removed",) if smaller else ())
    if find_spec("PIL") is None:
        return _without_pillow(data, known, identity, label)
    image, changes = _opened(data)
    with image:
        return _prepared(image, identity, label, changes)


def from_image(image: Image.Image, label: str, *, changes: tuple[str, ...] = ()) -> Picture:
    """Prepare a picture of Pillow.

    Args:
        image: The picture.
        label: What to call it here.
        changes: What was changed already, in words.

    Raises:
        PictureError: It has no pixels, or too many; or it is damaged or closed.
    """
    if not image.width or not image.height:
        raise PictureError("has no pixels")
    _require_pixels(image.width, image.height)
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        closed = "closed" in str(error)
        raise PictureError(_CLOSED if closed else DAMAGED) from None
    shape = f"{image.mode} {image.width}x{image.height} {image.getexif().get(0x0112, 1)}"
    palette = image.palette.tobytes() if image.palette is not None else b""
    identity = identity_of(shape.encode(), palette, *_strips(image))
    return _prepared(image, identity, label, changes)


def _strips(image: Image.Image) -> Iterator[bytes]:
    """Return the pixels in parts, as reading all at once would hold up the other threads."""
    for top in range(0, image.height, _ROWS_AT_ONCE):
        bottom = min(top + _ROWS_AT_ONCE, image.height)
        yield image.crop((0, top, image.width, bottom)).tobytes()


def _require_at_most(count: int, most: int) -> None:
    if count > most:
        raise PictureError(f"has {bytes_text(count)}; at most {bytes_text(most)} are read")


def _require_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureError(
            f"has {width} x {height} pixels; at most {MOST_PIXELS // 1_000_000} million are taken"
        )


def _fits(known: StrippedFile) -> bool:
    return (
        known.plain
        and known.media_type != "image/webp"
        and max(known.width, known.height) <= LONGEST_SIDE
        and len(known.data) <= LARGEST_UNTOUCHED
    )


def _is_whole(known: StrippedFile) -> bool:
    """Whether a decoder, where there is one, takes the file; a cut one is found by its end, too."""
    if find_spec("PIL") is None:
        return True
    from PIL import Image

    try:
        with Image.open(io.BytesIO(known.data)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError):
        raise PictureError(DAMAGED) from None
    return True


def _untouched(known: StrippedFile, identity: str, label: str, changes: tuple[str, ...]) -> Picture:
    width, height = known.upright_size
    return Picture(known.data, known.media_type, width, height, identity, label, changes)


def _without_pillow(data: bytes, known: StrippedFile | None, identity: str, label: str) -> Picture:
    if is_heic(data):
        raise PictureError(HEIC_ADVICE)
    if known is None:
        raise PictureError(f"is {describe_file(data)}, which cannot be read here. {_NEEDS_PILLOW}")
    if max(known.width, known.height) > LONGEST_SIDE:
        raise PictureError(
            f"has {known.width} x {known.height} pixels and must be made smaller, to at most "
            f"{LONGEST_SIDE} on the longer side. {_NEEDS_PILLOW}"
        )
    if not known.plain:
        raise PictureError(
            f"is an image with transparency, animation, CMYK or 16 bits. {_NEEDS_PILLOW}"
        )
    return _untouched(known, identity, label, ("metadata removed",))


def _opened(data: bytes) -> tuple[Image.Image, tuple[str, ...]]:
    """Open a file with Pillow, and say what of it is used."""
    from PIL import Image, UnidentifiedImageError

    changes = ["metadata removed"]
    try:
        image: Image.Image = Image.open(io.BytesIO(data))
        size = image.size
        _require_pixels(*size)
        if (frames := getattr(image, "n_frames", 1)) > 1:
            changes.insert(0, f"the first of {frames} images")
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded smaller
        if image.size != size:
            changes.insert(0, f"{_SMALLER}{size[0]} x {size[1]}")
        image.load()
    except UnidentifiedImageError:
        return foreign_format(data), ("metadata removed",)
    except Image.DecompressionBombError:
        raise PictureError(
            f"has too many pixels; at most {MOST_PIXELS // 1_000_000} million are taken"
        ) from None
    except (OSError, ValueError, SyntaxError):
        raise PictureError(DAMAGED) from None
    return image, tuple(changes)


def _prepared(image: Image.Image, identity: str, label: str, changes: tuple[str, ...]) -> Picture:
    from PIL import Image, ImageOps

    lossless = image.format != "JPEG"
    notes = list(changes)
    if image.getexif().get(0x0112, 1) != 1:
        notes.insert(0, "turned upright")
    try:
        plain = _rgb(ImageOps.exif_transpose(image), notes)
    except PictureError:
        raise
    except ValueError:
        raise PictureError(f"has colours of the kind {image.mode}; convert it to RGB") from None
    if max(plain.size) > LONGEST_SIDE:
        if not any(change.startswith(_SMALLER) for change in notes):
            notes.insert(0, f"{_SMALLER}{plain.width} x {plain.height}")
        plain = _shrunk(plain)
    clean = Image.new(plain.mode, plain.size)  # holds nothing but pixels
    clean.paste(plain)
    data, kind = _encoded(clean, lossless=lossless)
    return Picture(data, kind, clean.width, clean.height, identity, label, tuple(notes))


def _encoded(image: Image.Image, *, lossless: bool) -> tuple[bytes, MediaType]:
    """Write the file: a JPEG, or a PNG for what was lossless and does not become much larger."""
    jpeg, png = io.BytesIO(), io.BytesIO()
    image.save(jpeg, "JPEG", quality=_JPEG_QUALITY, subsampling=0 if lossless else 2)
    if lossless and image.getcolors(_FEW_COLOURS) is not None:
        image.save(png, "PNG", optimize=True)
        if png.tell() <= max(2 * jpeg.tell(), _SMALL_FILE):
            return png.getvalue(), "image/png"
    return jpeg.getvalue(), "image/jpeg"


def _shrunk(image: Image.Image) -> Image.Image:
    from PIL import Image

    scale = LONGEST_SIDE / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """Convert any picture to 8 bits of sRGB a channel, on white where it is transparent."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _eight_bits(image, notes).convert("RGB")
    transparent = image.has_transparency_data
    if transparent:
        rgba = image.convert("RGBA")
        if image.mode == "RGBA":
            rgba = _in_srgb(rgba, image.info.get("icc_profile"), notes)
        if rgba.getchannel("A").getextrema() != (255, 255):
            notes.append("put on white")
        ground = Image.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    if image.mode == "CMYK":
        notes.append("converted from CMYK")
    if image.mode in ("RGB", "CMYK", "L"):
        image = _in_srgb(image, image.info.get("icc_profile"), notes)
    return image.convert("RGB")


def _eight_bits(image: Image.Image, notes: list[str]) -> Image.Image:
    """Reduce a grey picture of 16 or 32 bits: by 257, or from 0 to 1 where no value is larger."""
    wide = image.convert("I") if image.mode.startswith("I") else image.convert("F")
    _, highest = wide.getextrema()
    top = float(highest) if isinstance(highest, int | float) else 255.0
    if math.isnan(top):
        raise PictureError("is an image with values that are no numbers (NaN)")
    scale = 255.0 if top <= 1 else (1.0 if top <= 255 else 255 / 65535)
    if scale != 1:
        notes.append("reduced from 16 bits" if scale < 1 else BRIGHTENED)
    return wide.point(lambda value: value * scale).convert("L")


def _in_srgb(image: Image.Image, profile: object, notes: list[str]) -> Image.Image:
    """Convert colours by the profile that is in a file, such as a phone's Display P3."""
    if not isinstance(profile, bytes) or not profile:
        return image
    from PIL import ImageCms

    # A profile that is damaged, or for another kind of picture, says nothing.
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source) and image.mode == "RGB":
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
        if converted is not None:
            notes.append("colours converted to sRGB")
            return converted
    return image
