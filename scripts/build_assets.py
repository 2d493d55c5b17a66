"""Makes the files that the package carries: `python -m legnext_widgets.sandbox.carry`.

The sandbox shows them where the libraries that make clips are not installed. After a change of the
scenes or the motion: run this, look at the result, and commit it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from .carried_production import FOLDER
from .motion.encoding import encode
from .motion.frames import ShotFrames
from .motion.mark import Mark
from .motion.poses import move_for
from .motion.shots import FRAMES, AirKind, Shot
from .stills.catalogue import SCENES, scene_named
from .stills.drawing import draw

_CLIPS = ("balloons", "northern-lights", "mountain-lake", "lighthouse")
_CLIP_SIZE = (426, 240)
_CLIP_QUALITY = 31
_STILL_SIZE = (640, 360)
_STILL_QUALITY = 72


def carry(folder: Path = FOLDER) -> int:
    """Writes all files to a folder and gives their size in bytes."""
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*.mp4"), *folder.glob("*.jpg")):
        old.unlink()
    for scene in SCENES:
        picture, _ = draw(scene, scene.mood, scene.seed, _STILL_SIZE)
        marked = Mark(*_STILL_SIZE).on_picture(picture)
        marked.save(folder / f"{scene.name}.jpg", quality=_STILL_QUALITY, optimize=True)
    with tempfile.TemporaryDirectory() as place:
        for number, name in enumerate(_CLIPS):
            _clip(number, name, Path(place), folder / f"clip-{number}.mp4")
    return sum(file.stat().st_size for file in folder.iterdir())


def _clip(number: int, name: str, place: Path, file: Path) -> None:
    scene = scene_named(name)
    if scene is None:
        raise KeyError(name)
    picture, near = draw(scene, scene.mood, scene.seed, (960, 540))
    picture.save(place / "picture.png")
    near.save(place / "near.png")
    move = move_for(number, scene.seed, high=False, raw=False, loop=False)
    shot = Shot(
        place / "picture.png", place / "near.png", move, FRAMES, AirKind(number, scene.seed)
    )
    encode(file, _CLIP_SIZE, ShotFrames(shot, *_CLIP_SIZE), quality=_CLIP_QUALITY)


if __name__ == "__main__":
    print(f"{carry()} bytes in {FOLDER.name}")  # noqa: T201 - it is a command's output
