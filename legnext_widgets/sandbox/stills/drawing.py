"""Draws a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from . import landscapes, sea, sights, woods
from .paint import Canvas

if TYPE_CHECKING:
    from .catalogue import Scene

_PAINTERS = {
    "ocean": sea.ocean,
    "lighthouse": sea.lighthouse,
    "balloons": sights.balloons,
    "city": sights.city,
    "mountain-lake": landscapes.mountain_lake,
    "dunes": landscapes.dunes,
    "northern-lights": woods.northern_lights,
    "forest": woods.forest,
}


def draw(
    scene: Scene, mood: int, seed: int, size: tuple[int, int]
) -> tuple[Image.Image, Image.Image]:
    """A picture of a scene, and how near each part of it is.

    Args:
        scene: What to draw.
        mood: Which of its moods.
        seed: Another seed gives another arrangement.
        size: Width and height in pixels.

    Returns:
        The picture (RGB), and a small grey picture that is white where it is near.
    """
    canvas = Canvas(*size, np.random.default_rng([seed, mood]))
    _PAINTERS[scene.name](canvas, mood)
    near = Image.fromarray(np.clip(canvas.depth * 255, 0, 255).astype(np.uint8))
    return canvas.picture(), near.resize((96, 96), Image.Resampling.BOX)
