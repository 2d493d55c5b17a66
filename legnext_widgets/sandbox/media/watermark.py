"""The word SANDBOX, small in a corner of every rendered picture and clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORD = "SANDBOX"
_OPACITY = 0.62
_SHADOW_OPACITY, _DARKEST_SHADOW = 0.75, 127
_WHITE = 235
"""White in the planes of video."""


class Watermark:
    """The word for pictures of one size.

    Args:
        width: Of the picture.
        height: Of the picture.

    Attributes:
        box: Left, top, right and bottom of the word, all even.
    """

    def __init__(self, width: int, height: int) -> None:
        short = min(width, height)
        letters = _letters(max(9, round(short * 0.026)))
        pad = max(4, round(short * 0.026))
        left = max(0, (width - letters.width - pad) // 2 * 2)
        top = max(0, (height - letters.height - pad) // 2 * 2)
        right = min(width, left + letters.width) // 2 * 2
        bottom = min(height, top + letters.height) // 2 * 2
        self.box = (left, top, right, bottom)
        letters = letters.crop((0, 0, right - left, bottom - top))
        shadow = letters.filter(ImageFilter.GaussianBlur(short * 0.004))
        self._letters = letters.point([round(v * _OPACITY) for v in range(256)])
        self._shadow = shadow.point(
            [min(_DARKEST_SHADOW, round(v * _SHADOW_OPACITY)) for v in range(256)]
        )
        half = self._letters.resize(
            ((right - left) // 2, (bottom - top) // 2), Image.Resampling.BOX
        )
        shadow_share, share, half_share = map(_shares, (self._shadow, self._letters, half))
        self._luma = ((1 - shadow_share) * (1 - share), _WHITE * share)
        self._chroma = (1 - half_share, 128 * half_share)

    def draw_on_planes(
        self, luma: NDArray[np.uint8], blue: NDArray[np.uint8], red: NDArray[np.uint8]
    ) -> None:
        """Draw the word into the planes of a yuv420p frame."""
        left, top, right, bottom = self.box
        _draw(luma[top:bottom, left:right], *self._luma)
        for plane in (blue, red):
            _draw(plane[top // 2 : bottom // 2, left // 2 : right // 2], *self._chroma)

    def draw_on(self, picture: Image.Image) -> Image.Image:
        """Return a copy of an RGB picture with the word on it."""
        marked = picture.copy()
        marked.paste((0, 0, 0), self.box, self._shadow)
        marked.paste((250, 250, 250), self.box, self._letters)
        return marked


def _shares(mask: Image.Image) -> NDArray[np.float32]:
    return np.asarray(mask, np.float32) / np.float32(255)


def _draw(pixels: NDArray[np.uint8], kept: NDArray[np.float32], added: NDArray[np.float32]) -> None:
    pixels[:] = (pixels * kept + added).round()


def _letters(size: int) -> Image.Image:
    """Return the word in spaced letters, white on black."""
    font = ImageFont.load_default(size)
    gap = max(1, round(size * 0.16))
    widths = [max(1, round(font.getlength(letter))) for letter in _WORD]
    sheet = Image.new("L", (sum(widths) + gap * (len(_WORD) + 1), round(size * 1.5)))
    pen = ImageDraw.Draw(sheet)
    x = gap
    for letter, width in zip(_WORD, widths, strict=True):
        pen.text((x, round(size * 0.1)), letter, 255, font=font)
        x += width + gap
    return sheet
