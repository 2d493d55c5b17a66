"""Build the files that the sandbox packages: `python scripts/build_assets.py [PICTURES]`.

The clips are rendered from the packaged pictures. With PICTURES, a folder of NAME.png for each
scene, at most 1280 pixels wide and all of one size, the pictures are written first: as small JPEGs
with the watermark, and what is below the watermark in `corners.png`.

Look at the result before committing it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.sandbox.media.camera import plan_shot
from legnext_widgets.sandbox.media.encoding import encode
from legnext_widgets.sandbox.media.pan_zoom import CORNERS, frames
from legnext_widgets.sandbox.media.scenes import (
    ASSETS,
    SCENES,
    picture_of,
    scene_named,
    thumbnail_of,
)
from legnext_widgets.sandbox.media.watermark import Watermark

CLIPS = ("balloons", "northern-lights", "mountain-lake", "lighthouse")
CLIP_SIZE = (426, 240)
CLIP_QUALITY = 33
PICTURE_QUALITY = 55
THUMBNAIL_WIDTH = 160
SEED = 3


def write_pictures(originals: Path) -> None:
    """Write the packaged pictures and their corners."""
    corners = []
    for scene in SCENES:
        picture = Image.open(originals / f"{scene.name}.png").convert("RGB")
        watermark = Watermark(*picture.size)
        corners.append(picture.crop(watermark.box))
        marked = watermark.draw_on(picture)
        marked.save(picture_of(scene), quality=PICTURE_QUALITY, optimize=True, progressive=True)
    width, height = corners[0].size
    strip = Image.new("RGB", (width, height * len(corners)))
    for number, corner in enumerate(corners):
        strip.paste(corner, (0, number * height))
    strip.quantize(256, dither=Image.Dither.NONE).save(CORNERS, optimize=True)


def write_thumbnails() -> None:
    """Write the packaged pictures as thumbnails."""
    for scene in SCENES:
        picture = Image.open(picture_of(scene)).convert("RGB")
        picture.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH))
        target = thumbnail_of(scene)
        target.parent.mkdir(exist_ok=True)
        picture.save(target, quality=PICTURE_QUALITY, optimize=True, progressive=True)


def write_clips() -> None:
    """Render the packaged clips from the packaged pictures."""
    for number, name in enumerate(CLIPS):
        shot = plan_shot(picture_of(scene_named(name)), number, SEED, PromptParts())
        clip = frames(shot, *CLIP_SIZE)
        encode(ASSETS / f"clip-{number}.mp4", CLIP_SIZE, clip, quality=CLIP_QUALITY)


def main(arguments: list[str]) -> None:
    """Build everything and print its size."""
    if arguments:
        write_pictures(Path(arguments[0]))
    write_thumbnails()
    write_clips()
    print(sum(file.stat().st_size for file in ASSETS.rglob("*.*")), "bytes in", ASSETS.name)


if __name__ == "__main__":
    main(sys.argv[1:])
