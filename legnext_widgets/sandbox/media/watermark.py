"""The word SANDBOX, small in a corner of every rendered picture and clip."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter, ImageFont

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
        self._half_box = (left // 2, top // 2, right // 2, bottom // 2)
        letters = letters.crop((0, 0, right - left, bottom - top))
        shadow = letters.filter(ImageFilter.GaussianBlur(short * 0.004))
        self._letters = letters.point([round(v * _OPACITY) for v in range(256)])
        self._shadow = shadow.point(
            [min(_DARKEST_SHADOW, round(v * _SHADOW_OPACITY)) for v in range(256)]
        )
        self._half_letters = self._letters.resize(
            ((right - left) // 2, (bottom - top) // 2), Image.Resampling.BOX
        )

    def draw_on_planes(self, luma: Image.Image, blue: Image.Image, red: Image.Image) -> None:
        """Draw the word into the planes of a yuv420p frame."""
        luma.paste(0, self.box, self._shadow)
        luma.paste(_WHITE, self.box, self._letters)
        for plane in (blue, red):
            plane.paste(128, self._half_box, self._half_letters)

    def draw_on(self, picture: Image.Image) -> Image.Image:
        """Return a copy of an RGB picture with the word on it."""
        marked = picture.copy()
        marked.paste((0, 0, 0), self.box, self._shadow)
        marked.paste((250, 250, 250), self.box, self._letters)
        return marked


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
