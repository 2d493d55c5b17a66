"""Write a clip as an animated GIF or WebP, for where no video plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.values.cleaning import clean_number, clean_seconds
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.files import replacing

from .decoding import frames_of, info_of

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from .requirements import ClipFile

WIDTH = 480
"""Pixels of an animation, by default."""

FPS = 12.0
"""Frames a second of an animation, by default."""

_MOST_FPS = 50.0
"""Browsers show a frame of less than 2 hundredths of a second for 10."""

_PALETTE_SAMPLES = 8
_WEBP_QUALITY = 75
_WEBP_EFFORT = 2


def write_gif(clip: ClipFile, path: Path, *, width: int = WIDTH, fps: float = FPS) -> Path:
    """Write a GIF with one palette for all frames, so that still parts do not flicker.

    Raises:
        ValueError: `width` is less than 1 pixel, or `fps` not more than 0.
        LegnextError: The clip cannot be decoded, or the file not be written.
    """
    from PIL import Image

    frames, durations = _frames(clip, width, fps)
    samples = frames[:: max(1, len(frames) // _PALETTE_SAMPLES)]
    sheet = Image.new("RGB", (samples[0].width, samples[0].height * len(samples)))
    for number, sample in enumerate(samples):
        sheet.paste(sample, (0, number * sample.height))
    palette = sheet.quantize(255, method=Image.Quantize.MEDIANCUT)
    first, *rest = (frame.quantize(palette=palette) for frame in frames)
    return _save(first, rest, path, "GIF", {"duration": durations, "optimize": False})


def write_webp(clip: ClipFile, path: Path, *, width: int = WIDTH, fps: float = FPS) -> Path:
    """Write an animated WebP: a fifth of a GIF's size.

    Raises:
        ValueError: `width` is less than 1 pixel, or `fps` not more than 0.
        LegnextError: The clip cannot be decoded, or the file not be written.
    """
    (first, *rest), durations = _frames(clip, width, fps)
    options = {"duration": durations, "quality": _WEBP_QUALITY, "method": _WEBP_EFFORT}
    return _save(first, rest, path, "WEBP", options)


def _frames(clip: ClipFile, width: int, fps: float) -> tuple[list[Image.Image], list[int]]:
    """Return the frames and how long each is shown, in ms and in whole hundredths of a second."""
    rate, whole = clean_seconds(fps), clean_number(width)
    if not isinstance(rate, float) or not rate > 0:
        raise ValueError("fps must be more than 0")
    if isinstance(whole, bool) or not isinstance(whole, int) or whole < 1:
        raise ValueError("width must be 1 or more pixels")
    from PIL import Image

    fps = min(rate, _MOST_FPS)
    info = info_of(clip)
    width = min(whole, info.width)
    arrays = frames_of(clip, every=1 / fps, size=width)
    frames = [Image.fromarray(array) for array in arrays]
    if not frames:
        raise LegnextError("The clip has no frames.")
    moments = [round(100 * number / fps) for number in range(len(frames))]
    ends = [*moments[1:], max(moments[-1] + 2, round(100 * info.duration))]
    return frames, [10 * (end - moment) for moment, end in zip(moments, ends, strict=True)]


def _save(
    first: Image.Image, rest: list[Image.Image], path: Path, kind: str, options: dict[str, object]
) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as partial, partial.open("xb") as file:
            first.save(file, kind, save_all=True, append_images=rest, loop=0, **options)
    except OSError as error:
        raise LegnextError(f"Cannot write {path}: {error.strerror or error}.") from error
    return path
