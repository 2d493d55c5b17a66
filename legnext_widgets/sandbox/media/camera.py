"""Where the camera of a clip looks and how it moves: arithmetic only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from legnext_widgets.client.api.values.prompt import PromptParts

RATE = 24
"""Frames per second."""
FRAMES = 108
"""Frames of a new clip: 4.5 s."""
MORE_FRAMES = 96
"""Frames that an extension adds: 4 s."""

_SHORT_SIDES = (480, 720)
_WIDEST = 2.4
_SETTLE_ZOOM = 1.14


@dataclass(frozen=True)
class View:
    """A part of a picture, in the picture's own shape.

    Attributes:
        zoom: 1 shows the whole picture, 2 its middle half.
        x: How far right the middle of the view is, in half widths of the picture.
        y: How far down, in half heights.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def towards(self, other: View, part: float) -> View:
        """Return the view on the way to another; the zoom changes evenly to the eye."""
        return View(
            self.zoom * (other.zoom / self.zoom) ** part,
            self.x + (other.x - self.x) * part,
            self.y + (other.y - self.y) * part,
        )

    def within(self) -> View:
        """Return the nearest view that shows nothing beyond the edges of the picture."""
        zoom = max(1.0, self.zoom)
        room = 1 - 1 / zoom
        return View(zoom, min(room, max(-room, self.x)), min(room, max(-room, self.y)))

    def box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of the view in a picture of this size, in pixels."""
        half = 1 / self.zoom
        left, right = (1 + self.x - half) / 2 * width, (1 + self.x + half) / 2 * width
        top, bottom = (1 + self.y - half) / 2 * height, (1 + self.y + half) / 2 * height
        return max(0.0, left), max(0.0, top), min(width, right), min(height, bottom)


@dataclass(frozen=True)
class Move:
    """The way of the camera from one view to another.

    Attributes:
        start: Where it begins.
        target: Where it goes.
        span: The part of the clip's time in which it moves, from 0 to 1.
        even: It moves at an even speed instead of easing in and out.
        loop: It returns to its start.
        bow: How far the way bends up or down, in half heights.
    """

    start: View
    target: View
    span: tuple[float, float] = (0.0, 1.0)
    even: bool = False
    loop: bool = False
    bow: float = 0.0

    def at(self, time: float) -> View:
        """Return the view at a time from 0 to 1; at 1 it is the start again if it loops."""
        begin, end = self.span
        part = min(1.0, max(0.0, (time - begin) / (end - begin)))
        if self.loop:
            progress = (1 - math.cos(2 * math.pi * part)) / 2
        elif self.even:
            progress = part
        else:
            progress = (part + part * part * (3 - 2 * part)) / 2
        view = self.start.towards(self.target, progress)
        bend = self.bow * math.sin((2 if self.loop else 1) * math.pi * part)
        return View(view.zoom, view.x, view.y + bend).within()


@dataclass(frozen=True)
class Take:
    """One move of the camera over one picture."""

    picture: Path
    move: Move


@dataclass(frozen=True)
class Framing:
    """What a clip shows in its last frame, so that an extension can continue from there."""

    picture: Path
    view: View


@dataclass(frozen=True)
class Shot:
    """One or two takes; the second is cross-faded over the first.

    Attributes:
        takes: The takes.
        continues: It continues from the last frame of another shot.
        fade: When the cross-fade begins and ends, in parts of the time.
    """

    takes: tuple[Take, ...]
    continues: bool
    fade: tuple[float, float] = (0.38, 0.62)

    def times(self) -> list[float]:
        """Return the time of each frame, from 0 to 1."""
        if self.continues:  # the frame at 0 is the last one of the other shot
            return [number / MORE_FRAMES for number in range(1, MORE_FRAMES + 1)]
        return [number / (FRAMES - 1) for number in range(FRAMES)]

    def weight(self, time: float) -> float:
        """Return how much of the last take is seen at a time, 0 to 1."""
        if len(self.takes) == 1:
            return 1.0
        begin, end = self.fade
        part = min(1.0, max(0.0, (time - begin) / (end - begin)))
        return part * part * (3 - 2 * part)

    @property
    def end(self) -> Framing:
        """What the last frame shows."""
        last = self.takes[-1]
        return Framing(last.picture, last.move.at(1.0))


def plan_shot(
    picture: Path,
    number: int,
    seed: int,
    prompt: PromptParts,
    *,
    end_picture: Path | None = None,
    start: View | None = None,
) -> Shot:
    """Plan one of a job's clips: a push in, a pan, a pull out, or a cross-fade to a close view.

    Args:
        picture: The picture.
        number: Of the clip; the four from 0 to 3 differ.
        seed: Of the job.
        prompt: Its options count: `--motion high` moves much; `--raw` moves straight, evenly and
            less; `--loop` ends where it began.
        end_picture: The picture of `--end`.
        start: Where an earlier clip ended, to continue from there.
    """
    random = Random(f"{seed}:{number}")
    side, rise = random.choice((-1, 1)), random.choice((-1, 1))
    size = (1.0 if prompt.motion == "high" else 0.42) * (0.6 if prompt.raw else 1.0)
    loop = prompt.loop and end_picture is None
    bow = 0.0 if prompt.raw or start is not None else 0.05 * size * rise

    def take(begin: View, target: View) -> Take:
        move = Move(begin.within(), target.within(), even=prompt.raw, loop=loop, bow=bow)
        return Take(picture, move)

    kind = number % 4
    begin, target = _way(kind, side, rise, size)
    if start is not None:
        begin = start
        if kind == 0:  # on in, or out again where it is close already
            target = View(start.zoom * (1.35 if start.zoom < 1.6 else 0.72), start.x, start.y)
        elif kind == 3:
            target = View(start.zoom * 1.1, start.x + 0.12 * side, start.y)
    first = take(begin, target)
    continues = start is not None
    if end_picture is not None:
        span = (0.5, 0.955)
        settle = Take(end_picture, Move(View(_SETTLE_ZOOM), View(), span))
        return Shot((first, settle), continues, span)
    if kind == 3 and not loop:
        close = 1.45 + 0.2 * size
        second = take(
            View(close, -0.3 * side, 0.12 * rise), View(close + 0.25 * size, -0.05 * side)
        )
        return Shot((first, second), continues)
    return Shot((first,), continues)


def _way(kind: int, side: int, rise: int, size: float) -> tuple[View, View]:
    """Return where a clip's camera begins and where it goes."""
    if kind == 0:  # push in, towards the middle
        return View(), View(1 + 0.75 * size, 0.14 * side * size, 0.1 * size)
    if kind == 1:  # pan, from one side to the other
        zoom, room = 1.14 + 0.42 * size, 0.34 * size
        return View(zoom, -room * side), View(zoom, room * side)
    if kind == 2:  # pull out, until all of it is seen
        return View(1.15 + 0.8 * size, -0.2 * side, 0.16 * rise), View(1.02)
    # along a diagonal, before it fades to a close view
    return View(1.12, -0.1 * side, -0.1 * rise), View(1.12 + 0.4 * size, 0.2 * side, 0.1 * rise)


def clip_size(width: int, height: int, video_type: int) -> tuple[int, int]:
    """Return the size of a picture's clip: 480 or 720 pixels on the short side, both even."""
    short = _SHORT_SIDES[video_type]
    aspect = min(_WIDEST, max(1 / _WIDEST, width / height))
    if aspect >= 1:
        return even(short * aspect), short
    return short, even(short / aspect)


def even(length: float) -> int:
    """Return the nearest even length, as video with half-size colour needs it."""
    return max(2, round(length / 2) * 2)
