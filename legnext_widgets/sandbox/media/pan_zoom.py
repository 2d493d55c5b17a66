"""The frames of a clip: a picture as the camera sees it, in the planes of video."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageOps

from .producer import PictureError
from .scenes import ASSETS, SCENES
from .watermark import Watermark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.ImageFile import ImageFile

    from .camera import Shot, View

Planes: TypeAlias = tuple[Image.Image, Image.Image, Image.Image]
"""Brightness, and blue and red difference at half the size."""

CORNERS = ASSETS / "corners.png"
"""What is below the watermark of each packaged picture, one under the other."""

_OVERSIZE = 1.5
_PIXEL_LIMIT = 40_000_000
_LUMA_RANGE = [round(16 + v * 219 / 255) for v in range(256)]
_CHROMA_RANGE = [round(128 + (v - 128) * 224 / 255) for v in range(256)]
"""Video keeps 16 to 235 for brightness and 16 to 240 for colour; pictures use 0 to 255."""


def open_picture(file: Path) -> Image.Image:
    """Return a picture in RGB, upright, without the watermark of a packaged picture.

    Raises:
        PictureError: It is not a picture, or has too many or too few pixels.
    """
    try:
        with Image.open(file) as found:
            size = found.size
            picture = _upright_rgb(found) if _has_usable_size(size) else None
    except Exception as error:
        raise PictureError(f"the image cannot be read: {type(error).__name__}") from None
    if picture is None:
        raise PictureError("the image has too many pixels, or too few")
    if file.parent == ASSETS:
        _remove_watermark(picture, [scene.name for scene in SCENES].index(file.stem))
    return picture


def _has_usable_size(size: tuple[int, int]) -> bool:
    return size[0] * size[1] <= _PIXEL_LIMIT and min(size) >= 2


def _upright_rgb(found: ImageFile) -> Image.Image:
    found.draft("RGB", (2400, 2400))
    picture = ImageOps.exif_transpose(found)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        picture = Image.alpha_composite(paper, layered)
    return picture.convert("RGB")


def _remove_watermark(picture: Image.Image, number: int) -> None:
    left, top, right, bottom = Watermark(*picture.size).box
    height = bottom - top
    with Image.open(CORNERS) as corners:
        corner = corners.crop((0, number * height, right - left, (number + 1) * height))
        picture.paste(corner.convert("RGB"), (left, top))


def crop_to(picture: Image.Image, aspect: float) -> Image.Image:
    """Return the middle of a picture in another shape (width by height)."""
    width, height = picture.size
    if width / height > aspect:
        inner = max(1, round(height * aspect))
        left = (width - inner) // 2
        return picture.crop((left, 0, left + inner, height))
    inner = max(1, round(width / aspect))
    top = (height - inner) // 2
    return picture.crop((0, top, width, top + inner))


def frames(shot: Shot, width: int, height: int) -> Iterator[Planes]:
    """Render a shot, frame by frame."""
    plates = [_Plate(open_picture(take.picture), width, height) for take in shot.takes]
    watermark = Watermark(width, height)
    for time in shot.times():
        weight = shot.weight(time)
        seen = {0: 1 - weight, len(plates) - 1: weight}  # one entry where there is one take
        layers = [
            plates[number].seen_from(shot.takes[number].move.at(time))
            for number, share in seen.items()
            if share > 0
        ]
        planes = layers[0] if len(layers) == 1 else _blend(layers[0], layers[1], weight)
        watermark.draw_on_planes(*planes)
        yield planes


def _blend(first: Planes, second: Planes, weight: float) -> Planes:
    luma, blue, red = (Image.blend(a, b, weight) for a, b in zip(first, second, strict=True))
    return luma, blue, red


class _Plate:
    """A picture in the shape of a clip and somewhat larger, as planes of video.

    Args:
        picture: In RGB.
        width: Of the clip.
        height: Of the clip.
    """

    def __init__(self, picture: Image.Image, width: int, height: int) -> None:
        self._size = (width, height)
        self._half = (width // 2, height // 2)
        fitted = crop_to(picture, width / height)
        scale = max(1.0, min(_OVERSIZE, fitted.width / width))
        size = (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
        y, cb, cr = fitted.resize(size, Image.Resampling.LANCZOS).convert("YCbCr").split()
        half = (size[0] // 2, size[1] // 2)
        self._luma = y.point(_LUMA_RANGE)
        self._chroma = [
            plane.resize(half, Image.Resampling.BOX).point(_CHROMA_RANGE) for plane in (cb, cr)
        ]

    def seen_from(self, view: View) -> Planes:
        """Return what a view shows. Its edges fall between pixels, so that motion is smooth."""
        luma = self._luma.resize(
            self._size, Image.Resampling.BICUBIC, box=view.box(*self._luma.size)
        )
        blue, red = (
            plane.resize(self._half, Image.Resampling.BILINEAR, box=view.box(*plane.size))
            for plane in self._chroma
        )
        return luma, blue, red
