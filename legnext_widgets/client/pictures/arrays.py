"""Turn an array of numbers into a picture: grey, RGB or RGBA, of integers or floats."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .picture import PictureError

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

_SHAPES = "height x width, or height x width x 1, 3 or 4"


BRIGHTENED = "spread from 0 to 1 over black to white"
"""What was changed in a picture that would be black, such as a mask of zeros and ones."""


def image_of_array(source: object) -> tuple[Image.Image, tuple[str, ...]]:
    """Make the picture of an array.

    Integers up to 255 are colours of 8 bits, larger ones of 16 bits are reduced, floats go from 0
    to 1, and booleans are black and white. Integers that are only 0 and 1 are black and white, too.
    Channels may come first, as in PyTorch.

    Returns:
        The picture, and what was changed, in words.

    Raises:
        PictureError: It has another shape, or other values.
    """
    if find_spec("PIL") is None:
        raise PictureError("is an array, which needs Pillow: pip install 'legnext-widgets[frames]'")
    import numpy as np
    from PIL import Image

    try:
        array = np.asarray(source)
    except Exception as error:  # such as a tensor on a GPU, whose library says what to do
        raise PictureError(f"cannot be read as an array: {error}") from None
    notes: list[str] = []
    pixels = _eight_bits(_channels_last(array), notes)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return Image.fromarray(np.ascontiguousarray(pixels)), tuple(notes)


def _channels_last(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    shape = array.shape
    if array.ndim == 3 and shape[2] not in (1, 3, 4) and shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise PictureError(f"is an array of shape {shape}; an image has {_SHAPES}")
    if 0 in array.shape:
        raise PictureError(f"is an empty array, of shape {shape}")
    return array


def _eight_bits(array: np.ndarray[Any, Any], notes: list[str]) -> np.ndarray[Any, Any]:
    import numpy as np

    kind = array.dtype
    if kind == np.bool_:
        return array.astype(np.uint8) * 255
    if kind.kind not in "uif":
        raise PictureError(f"is an array of {kind}; an image needs numbers")
    if kind.kind == "f" and not np.isfinite(array).all():
        raise PictureError("contains NaN or infinite values")
    low, high = float(array.min()), float(array.max())
    if kind == np.uint16 and high > 255:
        array, high = array / 257, high / 257
        notes.append("reduced from 16 bits")
    elif kind.kind in "ui" and high == 1 and low >= 0:
        notes.append(BRIGHTENED)
    elif kind == np.uint8:
        return array
    top = 1.0 if notes[:1] == [BRIGHTENED] or (kind.kind == "f" and high <= 1.0 + 1e-6) else 255.0
    if low < -1e-6 or high > 255:
        raise PictureError(
            f"is an array of {kind} with values from {low:g} to {high:g}; floats go from 0 to 1, "
            "integers from 0 to 255"
        )
    scaled: np.ndarray[Any, Any] = np.round(np.clip(array, 0, top) * (255 / top)).astype(np.uint8)
    return scaled
