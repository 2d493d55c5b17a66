"""Where the camera is and how it moves: arithmetic only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

VARIANTS = 4


@dataclass(frozen=True)
class Pose:
    """A place of the camera.

    Attributes:
        zoom: 1 shows the whole picture, 2 its middle half.
        x: How far right the middle of the view is, in half widths of the picture.
        y: How far down, in half heights.
        roll: Turn in radians, clockwise.
        slide_x: How far near things have moved against far ones, in half widths.
        slide_y: The same, in half heights.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    slide_x: float = 0.0
    slide_y: float = 0.0

    def towards(self, other: Pose, part: float) -> Pose:
        """The pose on the way to another; zoom changes evenly to the eye."""
        return Pose(
            zoom=self.zoom * (other.zoom / self.zoom) ** part,
            x=self.x + (other.x - self.x) * part,
            y=self.y + (other.y - self.y) * part,
            roll=self.roll + (other.roll - self.roll) * part,
            slide_x=self.slide_x + (other.slide_x - self.slide_x) * part,
            slide_y=self.slide_y + (other.slide_y - self.slide_y) * part,
        )

    def within(self) -> Pose:
        """The nearest pose that shows nothing from beyond the picture's edge."""
        spread = abs(math.cos(self.roll)) + 1.78 * abs(math.sin(self.roll))
        zoom = max(
            self.zoom, spread / (1 - min(0.3, abs(self.slide_x) / 2 + abs(self.slide_y) / 2))
        )
        room_x = max(0.0, 1 - spread / zoom - abs(self.slide_x) / 2)
        room_y = max(0.0, 1 - spread / zoom - abs(self.slide_y) / 2)
        return Pose(
            zoom,
            min(room_x, max(-room_x, self.x)),
            min(room_y, max(-room_y, self.y)),
            self.roll,
            self.slide_x,
            self.slide_y,
        )


@dataclass(frozen=True)
class Move:
    """A way from one pose to another, with what happens beside it.

    Attributes:
        start: Where it begins.
        target: Where it goes.
        loop: It returns to its start.
        shake: How unsteady the hand is, in half widths.
        bow: How far the way swings out to the side.
    """

    start: Pose
    target: Pose
    loop: bool = False
    shake: float = 0.0
    bow: float = 0.0

    def progress(self, part: float) -> float:
        """How much of the way is done at this part (0 to 1) of the time."""
        if self.loop:
            return (1 - math.cos(2 * math.pi * part)) / 2
        return part + 0.5 * (part * part * (3 - 2 * part) - part)

    def at(self, part: float) -> Pose:
        """The pose at this part of the time; exactly the start at 0, and at 1 when it loops."""
        pose = self.start.towards(self.target, self.progress(part))
        around = math.sin((2 if self.loop else 1) * math.pi * part)
        beat = 2 * math.pi * part
        calm = min(1.0, 8 * part, 8 * (1 - part))
        shaken = Pose(
            zoom=pose.zoom,
            x=pose.x + self.shake * calm * (math.sin(3 * beat) + 0.5 * math.sin(7 * beat + 1)),
            y=pose.y
            + self.bow * around
            + self.shake * calm * (math.sin(4 * beat + 2) + 0.5 * math.sin(6 * beat)),
            roll=pose.roll + 0.25 * self.shake * calm * math.sin(5 * beat),
            slide_x=pose.slide_x,
            slide_y=pose.slide_y + self.bow * 0.4 * around,
        )
        return shaken.within()

    @property
    def end(self) -> Pose:
        """Where it ends."""
        return self.at(1.0)


def move_for(
    variant: int, seed: int, *, high: bool, raw: bool, loop: bool, start: Pose | None = None
) -> Move:
    """The move of one of a job's clips.

    Args:
        variant: Number of the clip; neighbours move differently.
        seed: Of the job.
        high: Much motion.
        raw: Plain: no sway, no bow.
        loop: It returns to its start.
        start: Where an earlier clip ended, to go on from there.
    """
    random = Random(f"{seed}:{variant}")
    way = random.choice((-1, 1))
    size = (1.0 if high else 0.42) * (0.85 if raw else 1.0)
    near = 0.0 if raw else 1.0
    kind = variant % VARIANTS
    begin, target = _ways(kind, way, size, near)
    if start is not None:
        begin = start
        if kind == 0 or start.zoom > 1.75:
            target = Pose(
                max(1.06, min(1.9, start.zoom * (1.3 if kind == 0 else 0.7))), 0.1 * way, 0
            )
    return Move(
        start=begin.within(),
        target=target.within(),
        loop=loop,
        shake=0.006 if high and not raw else 0.0,
        bow=0.0 if raw or start is not None else random.choice((-1, 1)) * 0.03 * size,
    )


def _ways(kind: int, way: int, size: float, near: float) -> tuple[Pose, Pose]:
    if kind == 0:  # in, towards what is near the middle
        return Pose(), Pose(
            1 + 0.75 * size, 0.14 * way * size, 0.1 * size, 0.0, 0.04 * way * near * size
        )
    if kind == 1:  # past, from one side to the other
        room, slide = 0.3 * size, 0.17 * size * near
        zoom = 1.12 + 0.42 * size
        return Pose(zoom, -room * way, 0, 0, slide * way), Pose(
            zoom, room * way, 0, 0, -slide * way
        )
    if kind == 2:  # out, until all of it is seen
        return Pose(1.15 + 0.8 * size, -0.16 * way, 0.16 * size, 0, 0, 0.05 * near * size), Pose(
            1.02
        )
    return (  # around: a turn, with the near things passing the far ones
        Pose(1.2 + 0.15 * size, -0.05 * way, 0.03, -0.055 * way * size, 0.17 * way * size * near),
        Pose(
            1.3 + 0.35 * size,
            0.07 * way,
            -0.06,
            0.06 * way * size,
            -0.17 * way * size * near,
            -0.06 * near * size,
        ),
    )
