"""How long jobs take and when they change their status, in seconds of the real service.

Videos took 156 s and 235 s in published recordings and are documented with 3 to 5 minutes, upscales
with 4 to 6 minutes, images with 30 to 80 s.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random

_VIDEO_MEDIAN, _VIDEO_SIGMA = 200.0, 0.18
_RANGES = {
    "video_diffusion": (150.0, 300.0),
    "extend_video": (150.0, 300.0),
    "video_upscale": (240.0, 360.0),
    "diffusion": (30.0, 80.0),
}


class Durations(NamedTuple):
    """When a job changes its status, in seconds since it began to run.

    Attributes:
        staged: When it leaves `pending`.
        processing: When it leaves `staged`.
        final: When it is completed, if its files are ready by then.
    """

    staged: float
    processing: float
    final: float

    def at_speed(self, speed: float) -> Durations:
        """Return the same durations at `speed` times the speed."""
        return Durations(self.staged / speed, self.processing / speed, self.final / speed)


def draw_durations(kind: str, random: Random) -> Durations:
    """Draw the durations of a job of this kind."""
    low, high = _RANGES[kind]
    if kind in ("video_diffusion", "extend_video"):
        final = _VIDEO_MEDIAN * math.exp(random.gauss(0, _VIDEO_SIGMA))
        while not low <= final <= high:
            final = _VIDEO_MEDIAN * math.exp(random.gauss(0, _VIDEO_SIGMA))
    else:
        final = random.uniform(low, high)
    staged = final * random.uniform(0.02, 0.04)
    return Durations(staged, staged + final * random.uniform(0.05, 0.09), final)
