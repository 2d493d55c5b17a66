"""Example pictures, drawn when first asked for and kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legnext_widgets.sandbox.motion.mark import Mark

from .drawing import draw

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from .catalogue import Scene


@dataclass(frozen=True)
class Drawn:
    """A picture that was drawn.

    Attributes:
        picture: The picture without mark.
        depth: How near each part of it is.
        shown: The picture with our mark, as it is served.
    """

    picture: Path
    depth: Path
    shown: Path


class Shelf:
    """Draws each picture once, whoever asks for it, from any thread.

    Args:
        folder: Where the files go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._drawn: dict[str, Drawn] = {}

    def take(
        self, scene: Scene, mood: int, seed: int, size: tuple[int, int], suffix: str = ".jpg"
    ) -> Drawn:
        """The picture of this scene, mood, seed and size."""
        name = f"{scene.name}-{mood}-{seed}-{size[0]}x{size[1]}"
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._drawn:
                picture, near = draw(scene, mood, seed, size)
                self._drawn[name] = save(picture, near, self._folder, name, suffix)
            return self._drawn[name]


def save(picture: Image.Image, near: Image.Image, folder: Path, name: str, suffix: str) -> Drawn:
    """Writes a picture, its nearness, and the picture as it is shown."""
    drawn = Drawn(
        folder / f"{name}.clean.png", folder / f"{name}.near.png", folder / f"{name}{suffix}"
    )
    picture.save(drawn.picture, compress_level=1)
    near.save(drawn.depth, compress_level=1)
    shown = Mark(*picture.size).on_picture(picture)
    if suffix == ".png":
        shown.save(drawn.shown, compress_level=3)
    else:
        shown.save(drawn.shown, quality=88)
    return drawn
