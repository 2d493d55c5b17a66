"""What is in a clip: read with PyAV."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray


@dataclass
class Clip:
    """A decoded clip.

    Attributes:
        frames: Small and grey.
        sounds: Codec and seconds of each track of sound.
    """

    width: int
    height: int
    codec: str
    pixels: str
    rate: float
    seconds: float
    count: int
    faststart: bool
    frames: NDArray[np.float32]
    sounds: list[tuple[str, float]]

    def change(self, first: int, second: int) -> float:
        """How different two frames are: mean difference in brightness, 0 to 255."""
        return difference(self.frames[first], self.frames[second])

    @property
    def liveliness(self) -> float:
        """How different frames half a second apart are, on average."""
        return float(np.abs(self.frames[12:] - self.frames[:-12]).mean())


def difference(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    return float(np.abs(first - second).mean())


def probe(data: bytes) -> Clip:
    """Decodes all of a clip."""
    frames = []
    with av.open(io.BytesIO(data), "r") as source:
        stream = source.streams.video[0]
        for frame in source.decode(video=0):
            small = frame.reformat(width=96, height=64, format="gray")
            frames.append(small.to_ndarray().astype(np.float32))
        return Clip(
            width=stream.width,
            height=stream.height,
            codec=stream.codec_context.name,
            pixels=str(stream.codec_context.pix_fmt),
            rate=float(stream.average_rate or 0),
            seconds=float((stream.duration or 0) * (stream.time_base or 0)),
            count=len(frames),
            faststart=data.index(b"moov") < data.index(b"mdat"),
            frames=np.stack(frames),
            sounds=[
                (track.codec_context.name, float((track.duration or 0) * (track.time_base or 0)))
                for track in source.streams.audio
            ],
        )
