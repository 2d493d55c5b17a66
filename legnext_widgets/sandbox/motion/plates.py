"""Pictures as the camera sees them: in the planes of video, warped for each pose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from .poses import Pose

Bytes2D: TypeAlias = NDArray[np.uint8]
Planes: TypeAlias = tuple[Bytes2D, Bytes2D, Bytes2D]

_COLUMNS, _ROWS = 12, 8
_OVERSIZE = 1.4
_PIXEL_LIMIT = 40_000_000


class PictureUnreadableError(Exception):
    """The bytes are no picture that can be read."""


def open_picture(file: Path) -> Image.Image:
    """A picture in RGB, turned as its camera was held.

    Raises:
        PictureUnreadableError: It is no picture, or one of far too many pixels.
    """
    from PIL import ImageOps

    try:
        with Image.open(file) as found:
            if found.width * found.height > _PIXEL_LIMIT or min(found.size) < 2:
                raise PictureUnreadableError("the image has too many pixels, or too few")
            found.draft("RGB", (2400, 2400))
            turned = ImageOps.exif_transpose(found)
            if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
                layered = turned.convert("RGBA")
                paper = Image.new("RGBA", layered.size, "white")
                return Image.alpha_composite(paper, layered).convert("RGB")
            return turned.convert("RGB")
    except PictureUnreadableError:
        raise
    except Exception as error:
        raise PictureUnreadableError(f"the image cannot be read: {type(error).__name__}") from None


class Plate:
    """A picture cut to a clip's shape, somewhat larger than the clip.

    Args:
        picture: In RGB.
        near: Grey, white where it is near; None guesses: what is low is near.
        width: Of the clip.
        height: Of the clip.
    """

    def __init__(
        self, picture: Image.Image, near: Image.Image | None, width: int, height: int
    ) -> None:
        self.width, self.height = width, height
        fitted = _cut(picture, width / height)
        scale = max(1.0, min(_OVERSIZE, fitted.width / width))
        size = (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
        filter_ = Image.Resampling.LANCZOS if fitted.width < 4 * size[0] else Image.Resampling.BOX
        y, cb, cr = fitted.resize(size, filter_).convert("YCbCr").split()
        half = (size[0] // 2, size[1] // 2)
        # Video keeps 16 to 235 for brightness; pictures use 0 to 255.
        self._y = y.point([round(16 + v * 219 / 255) for v in range(256)])
        self._chroma = tuple(
            p.resize(half, Image.Resampling.BOX).point(
                [round(128 + (v - 128) * 224 / 255) for v in range(256)]
            )
            for p in (cb, cr)
        )
        self._depth = _depth_grid(near)

    def seen_from(self, pose: Pose, sway: float = 0.0, phase: float = 0.0) -> Planes:
        """The picture from a pose, in the planes of yuv420p.

        Args:
            pose: Where the camera is.
            sway: How far the air bends it, in half widths.
            phase: Where in its swing the air is, in radians.
        """
        grid = self._corners(pose, sway, phase)
        luma = _warped(self._y, grid, self.width, self.height)
        blue, red = (_warped(p, grid, self.width // 2, self.height // 2) for p in self._chroma)
        return luma, blue, red

    def _corners(self, pose: Pose, sway: float, phase: float) -> NDArray[np.float64]:
        """Where in the picture (-1 to 1) each corner of the mesh looks."""
        across = np.linspace(-1, 1, _COLUMNS + 1)[None, :]
        down = np.linspace(-1, 1, _ROWS + 1)[:, None]
        aspect = self.width / self.height
        cos, sin = math.cos(pose.roll) / pose.zoom, math.sin(pose.roll) / pose.zoom
        x = pose.x + across * cos - down * sin / aspect
        y = pose.y + across * sin * aspect + down * cos
        if pose.slide_x or pose.slide_y:
            moved = self._depth - 0.5
            x = x + pose.slide_x * moved
            y = y + pose.slide_y * moved
        if sway:
            free = (1 - across**2) * (1 - down**2) * (0.3 + self._depth)
            x = x + sway * free * np.sin(phase + 2.6 * down + 1.3 * across)
            y = y + sway * 0.6 * free * np.cos(phase + 2.1 * across)
        return np.stack([np.clip(x, -1, 1), np.clip(y, -1, 1)], -1)


def _cut(picture: Image.Image, aspect: float) -> Image.Image:
    """The middle of a picture in another shape."""
    width, height = picture.size
    if width / height > aspect:
        inner = max(1, round(height * aspect))
        left = (width - inner) // 2
        return picture.crop((left, 0, left + inner, height))
    inner = max(1, round(width / aspect))
    top = (height - inner) // 2
    return picture.crop((0, top, width, top + inner))


def _depth_grid(near: Image.Image | None) -> NDArray[np.float64]:
    size = (_COLUMNS + 1, _ROWS + 1)
    if near is None:
        across = np.linspace(-1, 1, size[0])[None, :]
        down = np.linspace(-1, 1, size[1])[:, None]
        middle = np.exp(-(across**2 + (down - 0.2) ** 2) * 1.6)
        return np.asarray(0.2 + 0.35 * (down + 1) / 2 + 0.45 * middle)
    # Only the broad shape of it: trunks and towers must not bend as they pass.
    broad = near.convert("L").resize((4, 3), Image.Resampling.BOX)
    small = broad.resize(size, Image.Resampling.BICUBIC)
    return np.asarray(small, np.float64) / 255


def _warped(plane: Image.Image, grid: NDArray[np.float64], width: int, height: int) -> Bytes2D:
    places = (grid + 1) / 2 * np.array([plane.width, plane.height])
    corners = places.tolist()
    columns = [round(i * width / _COLUMNS) for i in range(_COLUMNS + 1)]
    rows = [round(j * height / _ROWS) for j in range(_ROWS + 1)]
    mesh = [
        (
            (columns[i], rows[j], columns[i + 1], rows[j + 1]),
            (*corners[j][i], *corners[j + 1][i], *corners[j + 1][i + 1], *corners[j][i + 1]),
        )
        for j in range(_ROWS)
        for i in range(_COLUMNS)
    ]
    seen = plane.transform((width, height), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    return np.asarray(seen)
