"""The frames of a clip: a picture as the camera sees it, in the planes of video."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import av
import numpy as np
from PIL import Image, ImageOps

from .encoding import Scaler
from .producer import SourceError
from .scenes import ASSETS, SCENES
from .watermark import Watermark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from av.video.plane import VideoPlane
    from numpy.typing import NDArray
    from PIL.ImageFile import ImageFile

    from .camera import Shot, View

Pixels: TypeAlias = "NDArray[np.uint8]"
Planes: TypeAlias = "tuple[Pixels, Pixels, Pixels]"
"""Brightness, and blue and red difference at half the size."""
PlateOf: TypeAlias = "Callable[[Path, int, int], Planes]"

CORNERS = ASSETS / "corners.png"
"""What is below the watermark of each packaged picture, one under the other."""

_OVERSIZE = 4
"""Width of a plate in widths of its clip."""
_DETAIL = 1.25
_PIXEL_LIMIT = 40_000_000


def open_picture(file: Path) -> Image.Image:
    """Return a picture in RGB, upright, without the watermark of a packaged picture.

    Raises:
        SourceError: It is not a picture, or has too many or too few pixels.
    """
    try:
        with Image.open(file) as found:
            size = found.size
            picture = _upright_rgb(found) if _has_usable_size(size) else None
    except Exception as error:
        raise SourceError(f"the image cannot be read: {type(error).__name__}") from None
    if picture is None:
        raise SourceError("the image has too many pixels, or too few")
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


def plate(picture: Path, width: int, height: int) -> Planes:
    """Return a picture in the shape of a clip and several times as large, as planes of video.

    Raises:
        SourceError: It cannot be read.
    """
    fitted = crop_to(open_picture(picture), width / height)
    # Details that are much finer than the clip's pixels would flicker.
    finest = (round(width * _DETAIL), round(height * _DETAIL))
    if fitted.width > finest[0]:
        fitted = fitted.resize(finest, Image.Resampling.LANCZOS, reducing_gap=2)
    enlarge = Scaler(width * _OVERSIZE, height * _OVERSIZE)
    return _planes(enlarge(av.VideoFrame.from_image(fitted)))  # type: ignore[no-untyped-call]


def frames(
    shot: Shot, width: int, height: int, plate_of: PlateOf = plate
) -> Iterator[av.VideoFrame]:
    """Render a shot, frame by frame. Clips of one picture can share a `plate_of` with a cache."""
    plates = [plate_of(take.picture, width, height) for take in shot.takes]
    camera = _Camera(width, height)
    watermark = Watermark(width, height)
    for time in shot.times():
        weight = shot.weight(time)
        seen = {0: 1 - weight, len(plates) - 1: weight}  # one entry where there is one take
        layers = [
            camera.look(plates[number], shot.takes[number].move.at(time))
            for number, share in seen.items()
            if share > 0
        ]
        frame = av.VideoFrame(width, height, "yuv420p")
        planes = _planes(frame)
        for number, pixels in enumerate(planes):
            pixels[:] = layers[0][number]
            if len(layers) == 2:
                _fade(pixels, layers[1][number], weight)
        watermark.draw_on_planes(*planes)
        yield frame


class _Camera:
    """Scales what a view shows of a plate to the size of a clip.

    A view begins and ends at a pixel of the plate, which is a fraction of one of the clip, so that
    motion is smooth. Scaling then costs little: it need not calculate between pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        luma = Scaler(width, height, "gray", "FAST_BILINEAR")
        chroma = Scaler(width // 2, height // 2, "gray", "FAST_BILINEAR")
        self._scalers = (luma, chroma, chroma)

    def look(self, plate: Planes, view: View) -> list[Pixels]:
        """Return what a view shows, in three planes."""
        return [
            _pixels(scale(av.VideoFrame.from_numpy_buffer(_seen(pixels, view), "gray")).planes[0])
            for scale, pixels in zip(self._scalers, plate, strict=True)
        ]


def _seen(pixels: Pixels, view: View) -> Pixels:
    height, width = pixels.shape
    left, top, right, bottom = view.box(width, height)
    # The size is rounded by itself: it must stay the same while the camera only pans.
    across, down = round(right - left), round(bottom - top)
    x, y = min(round(left), width - across), min(round(top), height - down)
    return pixels[y : y + down, x : x + across]


def _fade(pixels: Pixels, other: Pixels, weight: float) -> None:
    share = round(weight * 256)
    mixed = pixels.astype(np.uint16) * (256 - share) + other.astype(np.uint16) * share
    pixels[:] = (mixed + 128) >> 8


def _planes(frame: av.VideoFrame) -> Planes:
    luma, blue, red = map(_pixels, frame.planes)
    return luma, blue, red


def _pixels(plane: VideoPlane) -> Pixels:
    """Return the pixels of a plane, in its own memory."""
    lines: Pixels = np.frombuffer(memoryview(plane), np.uint8)
    return lines.reshape(plane.height, plane.line_size)[:, : plane.width]
