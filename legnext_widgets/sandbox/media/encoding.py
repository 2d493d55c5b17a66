"""Frames to an H.264 MP4 that any browser plays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.bitstream import BitStreamFilterContext

from .shots import RATE

if TYPE_CHECKING:
    from .plates import Bytes2D

# No B-frames: packets of an earlier clip can then stand before fresh ones as they are.
_OPTIONS = {"preset": "superfast", "bf": "0", "g": "48", "x264-params": "scenecut=0"}
_QUALITY = 25
_TICK = Fraction(1, RATE)


class RenderingStoppedError(Exception):
    """The sandbox is closing."""


def encode(
    file: Path,
    size: tuple[int, int],
    frames: Iterable[Bytes2D],
    *,
    before: Path | None = None,
    quality: int = _QUALITY,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Writes a clip; it appears under its name only when it is whole.

    Args:
        file: Where to.
        size: Width and height.
        frames: In the layout of yuv420p.
        before: A clip made here, of the same size, whose pictures come first.
        quality: Of x264's constant rate factor: less is better and larger.
        stopped: Asked before each frame; True gives up.

    Raises:
        RenderingStoppedError: `stopped` said so.
    """
    unfinished = file.with_suffix(".part")
    try:
        with av.open(
            str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}
        ) as clip:
            stream: Any = clip.add_stream(
                "libx264", rate=RATE, options=_OPTIONS | {"crf": f"{quality}"}
            )
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.time_base = _TICK
            # Several clips are encoded at once, each by one thread.
            stream.thread_count = 1
            stream.codec_context.color_range = 1
            stream.codec_context.colorspace = 6
            first = _copy(before, clip, stream) if before is not None else 0
            for number, planes in enumerate(frames, first):
                if stopped():
                    raise RenderingStoppedError
                frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
                frame.pts, frame.time_base = number, _TICK
                clip.mux(stream.encode(frame))
            clip.mux(stream.encode())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(before: Path, clip: Any, stream: Any) -> int:
    """Puts the packets of an earlier clip first and gives the number of frames they are."""
    clip.start_encoding()
    count = 0
    with av.open(str(before)) as source:
        # The muxer expects packets in the encoder's form, not in that of a file.
        as_encoded = BitStreamFilterContext("h264_mp4toannexb", source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size == 0:
                continue
            for fresh in as_encoded.filter(packet):
                fresh.pts = fresh.dts = count
                fresh.duration = 1
                fresh.time_base = _TICK
                fresh.stream = stream
                clip.mux(fresh)
                count += 1
    return count
