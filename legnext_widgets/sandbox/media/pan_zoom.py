"""The frames of a shot, one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image

from .air import Air
from .mark import Mark
from .plates import Bytes2D, Planes, Plate, open_picture
from .poses import Pose
from .shots import Shot

_ARRIVE_FROM, _ARRIVED = 0.5, 0.955
_SETTLE = 1.14


class ShotFrames:
    """Renders a shot at a size.

    Args:
        shot: What to render.
        width: Of the clip.
        height: Of the clip.
    """

    def __init__(self, shot: Shot, width: int, height: int) -> None:
        self._shot = shot
        near = Image.open(shot.depth) if shot.depth is not None else None
        self._plate = Plate(open_picture(shot.picture), near, width, height)
        self._end = (
            Plate(open_picture(shot.end_picture), None, width, height) if shot.end_picture else None
        )
        self._air = None
        if not shot.raw or (shot.continues and shot.air.begins):
            self._air = Air(shot.air.variant, shot.air.seed, width, height)
        self._mark = Mark(width, height)

    def __iter__(self) -> Iterator[Bytes2D]:
        first = 1 if self._shot.continues else 0
        count = self._shot.frames + first
        for number in range(first, count):
            yield self._frame(number, number / (count - 1))

    def _frame(self, number: int, part: float) -> Bytes2D:
        shot = self._shot
        progress = shot.move.progress(part)
        sway = (
            0.0 if shot.raw else 0.005 * (2.2 if shot.high else 1.0) * math.sin(math.pi * part) ** 2
        )
        planes = self._plate.seen_from(shot.move.at(part), sway, phase=2 * math.pi * part * 2)
        arrival = self._arrival(part)
        if self._end is not None and arrival > 0:
            settled = Pose(zoom=_SETTLE ** (1 - arrival))
            planes = _blended(planes, self._end.seen_from(settled), arrival)
        luma, blue, red = planes
        if self._air is not None:
            # The grain of the last frame is that of the first: nothing jumps where a loop closes.
            grain = 0 if part >= 1 else number
            place = 1 - progress if shot.air.backwards else progress
            luma = self._air.over(luma, place, grain, self._air_strength(part) * (1 - arrival))
        else:
            luma = luma.copy()
        blue, red = blue.copy(), red.copy()
        self._mark.on_planes(luma, blue, red)
        return _packed(luma, blue, red)

    def _air_strength(self, part: float) -> float:
        aim = 0.0 if self._shot.raw else 1.0
        return self._shot.air.begins + (aim - self._shot.air.begins) * min(1.0, 3 * part)

    def _arrival(self, part: float) -> float:
        if self._end is None:
            return 0.0
        way = min(1.0, max(0.0, (part - _ARRIVE_FROM) / (_ARRIVED - _ARRIVE_FROM)))
        return way * way * (3 - 2 * way)


def _blended(first: Planes, second: Planes, part: float) -> Planes:
    weight = np.uint16(round(part * 256))

    def mix(a: Bytes2D, b: Bytes2D) -> Bytes2D:
        total = a.astype(np.uint16) * (np.uint16(256) - weight) + b.astype(np.uint16) * weight
        return (total >> 8).astype(np.uint8)

    return mix(first[0], second[0]), mix(first[1], second[1]), mix(first[2], second[2])


def _packed(luma: Bytes2D, blue: Bytes2D, red: Bytes2D) -> Bytes2D:
    """The planes below one another, as a yuv420p frame is laid out."""
    height, width = luma.shape
    frame = np.empty((height * 3 // 2, width), np.uint8)
    frame[:height] = luma
    quarter = height * width // 4
    rest = frame[height:].reshape(-1)
    rest[:quarter] = blue.reshape(-1)
    rest[quarter:] = red.reshape(-1)
    return frame
