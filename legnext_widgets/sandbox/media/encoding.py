"""H.264 MP4s that any browser plays: encoded, continued and scaled with PyAV."""

from __future__ import annotations

import math
from array import array
from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
from av.bitstream import BitStreamFilterContext
from av.video.reformatter import VideoReformatter

from legnext_widgets.sandbox.serving.workers import StoppedError

from .camera import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from PIL import Image

# Of x264's presets the quickest, without B-frames: the packets of an earlier clip can then stand
# before new ones as they are. Motion of parts of a pixel and smooth edges of blocks are switched on
# again; a clip is half as large with them, and looks good at this quality.
_OPTIONS = {"preset": "ultrafast", "bf": "0", "g": "48", "x264-params": "subme=1:deblock=0,0"}
_QUALITY = 25
_TICK = Fraction(1, RATE)
# Since version 17 PyAV scales each frame with many threads, which costs more than it saves.
_ONE_THREAD: dict[str, Any] = {"threads": 1} if int(av.__version__.split(".")[0]) >= 17 else {}
_VIDEO_RANGE, _BT601 = 1, 6
_SOUND_RATE, _BLOCK, _PITCH, _LOUDNESS = 44_100, 1024, 220.0, 0.05


def encode(
    file: Path,
    size: tuple[int, int],
    frames: Iterable[av.VideoFrame],
    *,
    before: Path | None = None,
    sound: bool = False,
    quality: int = _QUALITY,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Write a clip. The file appears under its name only when it is complete.

    Args:
        file: Where to write.
        size: Width and height.
        frames: Frames in yuv420p.
        before: A clip of this sandbox, of the same size, that comes first.
        sound: Add a quiet tone, in AAC.
        quality: Constant quantizer of x264; less is better and larger.
        stopped: Called before each frame; True abandons the clip.

    Raises:
        StoppedError: `stopped` returned True.
    """
    unfinished = file.with_suffix(".part")
    try:
        with av.open(
            str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}
        ) as clip:
            options = _OPTIONS | {"qp": f"{quality}"}
            stream = clip.add_stream("libx264", rate=RATE, options=options)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.time_base = _TICK
            stream.thread_count = 1  # several clips are encoded at once
            stream.codec_context.color_range = _VIDEO_RANGE
            # Browsers believe the matrix only where primaries and transfer are named as well.
            stream.codec_context.colorspace = _BT601
            stream.codec_context.color_primaries = _BT601
            stream.codec_context.color_trc = _BT601
            tone = clip.add_stream("aac", rate=_SOUND_RATE, layout="mono") if sound else None
            number = _copy(before, clip, stream) if before is not None else 0
            for frame in frames:
                if stopped():
                    raise StoppedError
                frame.pts, frame.time_base = number, _TICK
                clip.mux(stream.encode(frame))
                number += 1
            clip.mux(stream.encode())
            if tone is not None:
                for samples in _tone(number / RATE):
                    clip.mux(tone.encode(samples))
                clip.mux(tone.encode())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


class Scaler:
    """Converts frames to a size and a pixel format, by a method that PyAV has a name for."""

    def __init__(
        self, width: int, height: int, pixels: str = "yuv420p", interpolation: str = "BICUBIC"
    ) -> None:
        self._reformatter = VideoReformatter()
        self._size = (width, height)
        self._options = {"format": pixels, "interpolation": interpolation} | _ONE_THREAD

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return a converted frame."""
        return self._reformatter.reformat(frame, *self._size, **self._options)


def scaled_frames(file: Path, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    """Decode a clip in another size."""
    with av.open(str(file)) as source:
        yield from map(Scaler(*size), source.decode(video=0))


def save_last_frame(file: Path, picture: Path) -> None:
    """Save the last frame of a clip as a picture."""
    with av.open(str(file)) as source:
        frames = deque(source.decode(video=0), maxlen=1)
    if not frames:
        raise ValueError("the clip has no pictures")
    image: Image.Image = frames[0].to_image()  # type: ignore[no-untyped-call]
    image.save(picture)


def size_of(file: Path) -> tuple[int, int]:
    """Return width and height of a clip."""
    with av.open(str(file)) as source:
        stream = source.streams.video[0]
        return stream.width, stream.height


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    """Make a tone in blocks, in the form that the AAC encoder takes."""
    turn = math.tau * _PITCH / _SOUND_RATE
    for start in range(0, int(seconds * _SOUND_RATE), _BLOCK):
        wave = array("f", (_LOUDNESS * math.sin(turn * (start + at)) for at in range(_BLOCK)))
        frame = av.AudioFrame(format="fltp", layout="mono", samples=_BLOCK)
        frame.sample_rate, frame.pts = _SOUND_RATE, start
        frame.time_base = Fraction(1, _SOUND_RATE)
        frame.planes[0].update(wave.tobytes())
        yield frame


def _copy(before: Path, clip: OutputContainer, stream: VideoStream) -> int:
    """Copy the packets of an earlier clip and return how many frames they are."""
    clip.start_encoding()
    count = 0
    with av.open(str(before)) as source:
        # The muxer expects packets as the encoder gives them, not as they are in a file.
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
