"""Light, grain and what floats in the air: added to the brightness of each frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from .plates import Bytes2D

Brightness: TypeAlias = NDArray[np.int16]

_GRAIN = 1.6
_MOTES = 26


class Air:
    """What is between the camera and the picture, in one of four kinds.

    All of it is a function of the progress of the move (0 to 1), so that a move that returns to its
    start finds the air as it was.

    Args:
        variant: Number of the clip: motes, passing light, mist, or warmth.
        seed: Of the job.
        width: Of the clip.
        height: Of the clip.
    """

    def __init__(self, variant: int, seed: int, width: int, height: int) -> None:
        self._kind = variant % 4
        self._random = np.random.default_rng([seed, variant])
        self._width, self._height = width, height
        self._grain = (self._random.standard_normal((height + 32, width + 32)) * _GRAIN).astype(
            np.int16
        )
        self._dark_edges = self._edges()
        self._veil = self._wide_veil()
        self._motes = self._random.random((_MOTES, 5))

    def over(self, luma: Bytes2D, progress: float, frame: int, strength: float) -> Bytes2D:
        """A frame's brightness as it is seen through the air.

        Args:
            luma: The brightness of the frame.
            progress: Of the move.
            frame: Number of the frame, for the grain.
            strength: 1 for all of the air, 0 for none.
        """
        total = luma.astype(np.int16)
        if strength > 0:
            total += (self._dark_edges * np.float32(strength)).astype(np.int16)
            total += (self._light(progress) * np.float32(strength)).astype(np.int16)
            if self._kind == 0:
                self._add_motes(total, progress, strength)
        row, column = (frame * 7) % 32, (frame * 13) % 32
        total += self._grain[row : row + self._height, column : column + self._width]
        return np.clip(total, 16, 235).astype(np.uint8)

    def _light(self, progress: float) -> NDArray[np.float32]:
        span = self._veil.shape[1] - self._width
        left = min(span, max(0, round(progress * span)))
        return self._veil[:, left : left + self._width]

    def _edges(self) -> NDArray[np.float32]:
        down = np.linspace(-1, 1, self._height, dtype=np.float32)[:, None]
        across = np.linspace(-1, 1, self._width, dtype=np.float32)[None, :]
        return np.asarray(-24 * np.clip((down**2 + across**2) / 2, 0, 1) ** 1.6, np.float32)

    def _wide_veil(self) -> NDArray[np.float32]:
        """What passes over the picture, twice as wide as it."""
        width = self._width * 2
        across = np.linspace(0, 2, width, dtype=np.float32)[None, :]
        down = np.linspace(0, 1, self._height, dtype=np.float32)[:, None]
        if self._kind == 1:
            slant = across - 0.35 * down
            return np.asarray(
                34 * np.exp(-((slant - 0.85) ** 2) / 0.05) * (1.1 - 0.5 * down), np.float32
            )
        if self._kind == 2:
            rows, columns = 5, 16
            cells = self._random.random((rows, columns)).astype(np.float32)
            sheet = Image.fromarray(cells).resize((width, self._height), Image.Resampling.BICUBIC)
            cloud = np.clip(np.asarray(sheet, np.float32) - 0.35, 0, 1)
            return np.asarray(44 * cloud * (0.35 + 0.65 * down), np.float32)
        if self._kind == 3:
            return np.asarray(9 * np.sin(across * math.pi) * np.ones_like(down), np.float32)
        return np.zeros((self._height, width), np.float32)

    def _add_motes(self, total: Brightness, progress: float, strength: float) -> None:
        for x, y, size, speed, phase in self._motes:
            px = ((x + progress * (0.1 + 0.22 * speed)) % 1.0) * self._width
            py = ((y - progress * (0.05 + 0.16 * speed)) % 1.0) * self._height
            radius = (0.0016 + 0.006 * size**3) * self._height
            shine = 0.5 + 0.5 * math.sin(6.2832 * (phase + progress * 2))
            _add_dot(total, px, py, radius, 60 * shine * strength / (1 + 2.5 * size))


def _add_dot(total: Brightness, x: float, y: float, radius: float, strength: float) -> None:
    reach = int(radius * 2.5) + 1
    left, right = max(0, int(x) - reach), min(total.shape[1], int(x) + reach + 1)
    top, bottom = max(0, int(y) - reach), min(total.shape[0], int(y) + reach + 1)
    if left >= right or top >= bottom:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None] - y
    columns = np.arange(left, right, dtype=np.float32)[None, :] - x
    dot = strength * np.exp(-(rows**2 + columns**2) / (2 * radius**2))
    total[top:bottom, left:right] += dot.astype(np.int16)
