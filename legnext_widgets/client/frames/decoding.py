"""Decode frames of a clip, with the colours that browsers show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.values.cleaning import clean_number, clean_seconds
from legnext_widgets.client.errors import LegnextError

from .colours import matrix_of, rgb_of
from .requirements import ClipFile, open_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av
    import numpy as np
    from av.container import InputContainer
    from PIL import Image

LARGEST_SIDE = 8192
"""Pixels of a frame, at most: a larger one only fills the memory."""

_NEAR_THE_END = 2.0
"""Seconds from the end at which decoding begins for the last frame, or at the keyframe before."""


@dataclass(frozen=True)
class VideoInfo:
    """What a clip is, by its container.

    Attributes:
        width: Pixels.
        height: Pixels.
        duration: Seconds.
        fps: Frames a second, on average.
        frames: Number of frames.
        sound: Whether it has sound.
        codec: Such as `h264`.
        size: Bytes.
    """

    width: int
    height: int
    duration: float
    fps: float
    frames: int
    sound: bool
    codec: str
    size: int


def info_of(clip: ClipFile) -> VideoInfo:
    """Read what a clip is; nothing is decoded.

    Raises:
        LegnextError: It is no clip that can be read.
    """
    with open_clip(clip) as container:
        size = len(clip) if isinstance(clip, bytes) else clip.stat().st_size
        stream = container.streams.video[0]
        fps = float(stream.average_rate) if stream.average_rate else 0.0
        duration = _duration(container)
        return VideoInfo(
            width=stream.width,
            height=stream.height,
            duration=duration,
            fps=fps,
            frames=stream.frames or round(duration * fps),
            sound=bool(container.streams.audio),
            codec=stream.codec_context.name,
            size=size,
        )


def frame_at(clip: ClipFile, at: float) -> Image.Image:
    """Decode one frame.

    Args:
        clip: The clip.
        at: Seconds from the start; -1 for the last frame.

    Raises:
        ValueError: The clip is shorter, or `at` is negative and not -1.
        LegnextError: It cannot be decoded.
    """
    at = _moment(at)
    with open_clip(clip) as container:
        duration = _duration(container)
        if at > duration:
            raise ValueError(f"at must be at most {duration:.2f}, the length of the clip")
        frame = _last(container) if at == -1 else _shown_at(container, at)
        if frame is None:
            raise LegnextError("The clip has no frames.")
        return _image_of(frame, matrix_of(container.streams.video[0]))


def _moment(at: object) -> float:
    seconds = clean_seconds(at)
    if not isinstance(seconds, float) or not (seconds >= 0 or seconds == -1):
        raise ValueError("at must be seconds from the start, or -1 for the last frame")
    return seconds


def frames_of(
    clip: ClipFile, every: float | None = None, size: int | tuple[int, int] | None = None
) -> Iterator[np.ndarray[Any, Any]]:
    """Decode frames one after the other, as arrays of height x width x 3, 8 bits each.

    Args:
        clip: The clip.
        every: Seconds between frames; None for each frame of the clip.
        size: Width in pixels, or width and height, up to 8192; None for that of the clip.

    Raises:
        ValueError: An argument is outside its limits.
        LegnextError: It cannot be decoded.
    """
    seconds = None if every is None else clean_seconds(every)
    if seconds is not None and not (isinstance(seconds, float) and seconds > 0):
        raise ValueError("every must be more than 0 seconds")
    return _frames(clip, seconds, _target(size))


def _target(size: object) -> tuple[int | None, int | None]:
    """Check a size, and give its width and height; None for what is not given."""
    if size is None:
        return None, None
    listed = size.tolist() if hasattr(size, "tolist") else size  # an array
    sides = [clean_number(side) for side in (listed if isinstance(listed, Sequence) else [listed])]
    pixels = [side for side in sides if isinstance(side, int) and not isinstance(side, bool)]
    if len(pixels) != len(sides) or len(pixels) not in (1, 2) or not _are_sides(pixels):
        raise ValueError(f"size must be a width of 1 to {LARGEST_SIDE} pixels, or width and height")
    return pixels[0], pixels[1] if len(pixels) > 1 else None


def _are_sides(pixels: list[int]) -> bool:
    return all(1 <= side <= LARGEST_SIDE for side in pixels)


def _frames(
    clip: ClipFile, every: float | None, size: tuple[int | None, int | None]
) -> Iterator[np.ndarray[Any, Any]]:
    import numpy as np

    with open_clip(clip) as container:
        start, number, matrix = _start(container), 0, matrix_of(container.streams.video[0])
        before: av.VideoFrame | None = None
        for frame in container.decode(video=0):
            if every is None:
                yield np.asarray(_sized(_image_of(frame, matrix), size))
                continue
            # At each moment the frame is given that is shown then: the last one that began.
            while before is not None and (frame.time or 0.0) - start > number * every + 1e-6:
                yield np.asarray(_sized(_image_of(before, matrix), size))
                number += 1
            before = frame
        if before is not None and every is not None:
            while number * every < _duration(container) - 1e-6:
                yield np.asarray(_sized(_image_of(before, matrix), size))
                number += 1


def _image_of(frame: av.VideoFrame, matrix: int) -> Image.Image:
    from PIL import Image

    return Image.fromarray(rgb_of(frame, matrix))


def _sized(image: Image.Image, size: tuple[int | None, int | None]) -> Image.Image:
    from PIL import Image

    width, height = size
    if width is None:
        return image
    wanted = (width, height or max(1, round(image.height * width / image.width)))
    return image if wanted == image.size else image.resize(wanted, Image.Resampling.LANCZOS)


def _last(container: InputContainer) -> av.VideoFrame | None:
    """Decode the last frame, from a keyframe near the end."""
    begin = _duration(container) - _NEAR_THE_END
    if begin > 0:
        container.seek(int((begin + _start(container)) * 1_000_000), backward=True)
    last = _end_of(container)
    if last is None and begin > 0:  # the container's index is wrong
        container.seek(0)
        last = _end_of(container)
    return last


def _end_of(container: InputContainer) -> av.VideoFrame | None:
    last: av.VideoFrame | None = None
    for frame in container.decode(video=0):  # it gives what the decoder still holds at the end
        if last is None or (frame.pts or 0) >= (last.pts or 0):
            last = frame
    return last


def _shown_at(container: InputContainer, at: float) -> av.VideoFrame | None:
    """Decode the frame that is shown at a time: the last one that began before it or at it."""
    start = _start(container)
    container.seek(int((at + start) * 1_000_000), backward=True)
    shown: av.VideoFrame | None = None
    for frame in container.decode(video=0):
        if shown is not None and (frame.time or 0.0) - start > at + 1e-6:
            break
        shown = frame
    return shown


def _start(container: InputContainer) -> float:
    stream = container.streams.video[0]
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def _duration(container: InputContainer) -> float:
    stream = container.streams.video[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1_000_000
