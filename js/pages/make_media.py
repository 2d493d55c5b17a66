"""Draws the stills and clips that the plain page shows; needs av, pillow and numpy.

    python js/pages/make_media.py artifacts/pages/media

The files are made where they are needed and never committed.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDE, TALL = (640, 360), (360, 640)
FRAMES, RATE = 24, 12

SCENES = {
    "dunes": ((252, 214, 168), (214, 110, 84), ((214, 141, 98), (176, 98, 76), (120, 62, 62))),
    "fjord": ((206, 226, 238), (92, 138, 168), ((118, 152, 172), (66, 98, 124), (28, 48, 72))),
    "dusk": ((255, 190, 150), (66, 58, 120), ((110, 82, 140), (66, 54, 104), (30, 28, 62))),
    "meadow": ((226, 240, 214), (130, 182, 190), ((140, 180, 130), (88, 140, 92), (44, 88, 66))),
}


def still(name: str, size: tuple[int, int], seed: int) -> Image.Image:
    """A layered landscape in the colours of one scene."""
    low, high, layers = SCENES[name]
    width, height = size[0] * 5 // 4, size[1] * 5 // 4
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 1, height)[:, None, None]
    sky = np.array(high) * (1 - ramp) + np.array(low) * ramp
    picture = Image.fromarray(np.broadcast_to(sky, (height, width, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    sun = (int(width * rng.uniform(0.25, 0.75)), int(height * rng.uniform(0.28, 0.45)))
    radius = int(min(size) * 0.11)
    draw.ellipse(
        (sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=(255, 244, 224)
    )
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    draw = ImageDraw.Draw(picture)
    across = np.arange(0, width + 8, 8)
    for depth, colour in enumerate(layers):
        level = height * (0.52 + 0.16 * depth)
        ridge = level + sum(
            height
            * 0.06
            / octave
            * np.sin(across / width * 6.28 * octave * rng.uniform(0.7, 1.4) + rng.uniform(0, 6.28))
            for octave in (1, 2, 5)
        )
        points = [*zip(across.tolist(), ridge.tolist(), strict=True), (width, height), (0, height)]
        draw.polygon(points, fill=colour)
    return picture


def clip(source: Image.Image, size: tuple[int, int], path: Path, move: int) -> None:
    """A slow camera move over a still, as H.264."""
    room = (source.width - size[0], source.height - size[1])
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, RATE)
        stream.options = {"crf": "30", "preset": "veryfast"}
        for number in range(FRAMES):
            part = number / (FRAMES - 1)
            part = part if move % 2 == 0 else 1 - part
            left = int(room[0] * (part if move < 2 else 0.5))
            top = int(room[1] * (0.5 if move < 2 else part))
            view = source.crop((left, top, left + size[0], top + size[1]))
            container.mux(stream.encode(av.VideoFrame.from_image(view)))
        container.mux(stream.encode())


def main(folder: Path) -> None:
    """Draws the pictures and clips of the plain page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for scene, name in enumerate(SCENES):
        for size, shape in ((WIDE, "wide"), (TALL, "tall")):
            if shape == "tall" and name != "dusk":
                continue
            for number in range(4):
                picture = still(name, size, seed=scene * 10 + number)
                picture.resize(size).save(folder / f"{name}-{shape}-{number}.jpg", quality=82)
                clip(picture, size, folder / f"{name}-{shape}-{number}.mp4", number)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
