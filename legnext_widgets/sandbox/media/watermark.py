"""The word SANDBOX, small in a corner of everything that comes from here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_WORD = "SANDBOX"
_STRENGTH = 0.62


class Mark:
    """The word for pictures of one size.

    Args:
        width: Of the picture.
        height: Of the picture.
    """

    def __init__(self, width: int, height: int) -> None:
        short = min(width, height)
        letters = _letters(max(9, round(short * 0.026)))
        pad = max(4, round(short * 0.026))
        self.left = (width - letters.width - pad) // 2 * 2
        self.top = (height - letters.height - pad) // 2 * 2
        right = min(width, self.left + letters.width) // 2 * 2
        bottom = min(height, self.top + letters.height) // 2 * 2
        letters = letters.crop((0, 0, right - self.left, bottom - self.top))
        shadow = letters.filter(ImageFilter.GaussianBlur(short * 0.004))
        self._letters = np.asarray(letters, np.float32) / 255 * _STRENGTH
        self._shadow = np.clip(np.asarray(shadow, np.float32) / 255 * 0.75, 0, 0.5)
        self._where = (slice(self.top, bottom), slice(self.left, right))
        self._half = (slice(self.top // 2, bottom // 2), slice(self.left // 2, right // 2))
        self._chroma_cover = self._letters[::2, ::2]

    def on_planes(
        self, luma: NDArray[np.uint8], blue: NDArray[np.uint8], red: NDArray[np.uint8]
    ) -> None:
        """Writes it into the planes of a frame."""
        part = luma[self._where] * (1 - self._shadow)
        luma[self._where] = part + (235 - part) * self._letters
        for plane in (blue, red):
            plane[self._half] = plane[self._half] + (128.0 - plane[self._half]) * self._chroma_cover

    def on_picture(self, picture: Image.Image) -> Image.Image:
        """A picture with the word on it."""
        values = np.asarray(picture).copy()
        part = values[self._where] * (1 - self._shadow[..., None])
        values[self._where] = part + (250 - part) * self._letters[..., None]
        return Image.fromarray(values)


def _letters(size: int) -> Image.Image:
    """The word in spaced letters."""
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
