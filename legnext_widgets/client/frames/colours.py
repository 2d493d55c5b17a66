"""Convert the colours of a decoded frame as browsers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    import numpy as np
    from av.video.stream import VideoStream

_HD_ROWS = 720
_BT709, _BT601 = 1, 6
_UNNAMED = (0, 2)

_FULL_RANGE = 2
_WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Share of red and of blue in brightness, by the matrix that a stream names (ITU-T H.273)."""


def matrix_of(stream: VideoStream) -> int:
    """Find out with which matrix browsers show a clip, by its number in ITU-T H.273.

    Measured in Chromium: the matrix that a clip names counts only where it names primaries and
    transfer as well. Otherwise a clip is taken for BT.601, and from 720 rows on for BT.709.
    """
    context = stream.codec_context
    named = (context.color_primaries, context.color_trc, context.colorspace)
    if all(int(value) not in _UNNAMED for value in named):
        return int(context.colorspace)
    return _BT709 if stream.height >= _HD_ROWS else _BT601


def rgb_of(frame: av.VideoFrame, matrix: int) -> np.ndarray[Any, Any]:
    """Convert a frame to an array of height x width x 3, red, green and blue of 8 bits.

    A conversion by swscale rounds intermediate steps, and knows nothing of the rule above: its
    colours differ from those in a browser by up to 30 of 255.

    Args:
        frame: The decoded frame.
        matrix: As `matrix_of` gives it.
    """
    import numpy as np
    from PIL import Image

    full = int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj")
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p")
    y, u, v = (_plane(plane) for plane in frame.planes)
    size = (frame.width, frame.height)
    u, v = (np.asarray(Image.fromarray(p).resize(size, Image.Resampling.BILINEAR)) for p in (u, v))
    red, blue = _WEIGHTS.get(matrix, _WEIGHTS[_BT709])
    low, luma, chroma = (0, 255, 255) if full else (16, 219, 224)
    bright = (y.astype(np.float32) - low) * (255 / luma)
    cb = (u.astype(np.float32) - 128) * (255 / chroma)
    cr = (v.astype(np.float32) - 128) * (255 / chroma)
    result = np.empty((*bright.shape, 3), np.float32)
    result[..., 0] = bright + 2 * (1 - red) * cr
    result[..., 2] = bright + 2 * (1 - blue) * cb
    result[..., 1] = (bright - red * result[..., 0] - blue * result[..., 2]) / (1 - red - blue)
    np.clip(np.rint(result, out=result), 0, 255, out=result)
    return result.astype(np.uint8)


def _plane(plane: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401 - PyAV's planes differ by version
    import numpy as np

    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
