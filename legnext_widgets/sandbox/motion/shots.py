"""How a clip was made: written down, so that it can be extended and rendered larger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .poses import Move, Pose

if TYPE_CHECKING:
    from pathlib import Path

RATE = 24
"""Frames in a second."""
FRAMES = 108
"""Of a fresh clip: 4.5 s."""
MORE_FRAMES = 96
"""That an extension adds: 4 s."""

_SHORT_SIDES = (480, 720)
_WIDEST = 2.4


@dataclass(frozen=True)
class AirKind:
    """What is between camera and picture in a shot.

    Attributes:
        variant: Which kind of light and air; clips of a job differ in it.
        seed: Of the job.
        begins: How strong it is at the start, 0 to 1: as strong as where the shot goes on from.
        backwards: It moves from its end to its start.
    """

    variant: int
    seed: int
    begins: float = 1.0
    backwards: bool = False


@dataclass(frozen=True)
class Shot:
    """One move of the camera through one picture.

    Attributes:
        picture: The picture's file.
        depth: A grey picture that is white where it is near, or None when nobody knows.
        move: The camera's way.
        frames: How many.
        air: What is between camera and picture.
        raw: Plain: without light, grain and air.
        high: Much motion.
        end_picture: The picture to end on, or None.
        continues: The shot goes on from another's last frame.
    """

    picture: Path
    depth: Path | None
    move: Move
    frames: int
    air: AirKind
    raw: bool = False
    high: bool = False
    end_picture: Path | None = None
    continues: bool = False

    def after(self) -> tuple[Path, Path | None, Pose]:
        """What a next shot begins with: picture, depth, and pose."""
        if self.end_picture is not None:
            return self.end_picture, None, Pose()
        return self.picture, self.depth, self.move.end

    def air_after(self) -> AirKind:
        """The air that a next shot begins with, so that light does not jump."""
        strength = 0.0 if self.raw or self.end_picture is not None else 1.0
        back = self.air.backwards if self.move.loop else not self.air.backwards
        return AirKind(self.air.variant, self.air.seed, strength, back)


@dataclass(frozen=True)
class Recipe:
    """A clip: its size and its shots."""

    width: int
    height: int
    shots: tuple[Shot, ...]

    def larger(self) -> Recipe:
        """The same, one and a half times as large: 480p becomes 720p, 720p becomes 1080p."""
        return Recipe(_even(self.width * 1.5), _even(self.height * 1.5), self.shots)


def clip_size(width: int, height: int, video_type: int) -> tuple[int, int]:
    """Size of a clip of a picture: 480 or 720 pixels on the short side, even, of its shape."""
    short = _SHORT_SIDES[video_type]
    aspect = min(_WIDEST, max(1 / _WIDEST, width / height))
    if aspect >= 1:
        return _even(short * aspect), short
    return short, _even(short / aspect)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
