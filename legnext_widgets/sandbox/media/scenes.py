"""The packaged example pictures, and which of them a text asks for. Needs no image library."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from legnext_widgets.client.api.urls import origin_of
from legnext_widgets.client.api.values.reachability import is_loopback

ASSETS = Path(__file__).resolve().parent.parent / "assets"
"""Folder of the packaged pictures and clips; `scripts/build_assets.py` writes it."""


class Scene(NamedTuple):
    """One example picture.

    Attributes:
        name: Its name, also of its file.
        title: The name for people.
        words: Words that ask for it.
    """

    name: str
    title: str
    words: tuple[str, ...]


SCENES = (
    Scene("ocean", "Sea at sunset", ("ocean", "sea", "wave", "beach", "surf", "water")),
    Scene("mountain-lake", "Mountain lake", ("mountain", "lake", "alps", "snow", "reflection")),
    Scene("city", "City after rain", ("city", "street", "neon", "rain", "tower", "cyberpunk")),
    Scene("balloons", "Balloons at dawn", ("balloon", "sky", "valley", "festival", "float")),
    Scene("northern-lights", "Northern lights", ("aurora", "northern", "star", "winter", "night")),
    Scene("dunes", "Dunes", ("desert", "dune", "sand", "sahara", "camel")),
    Scene("forest", "Forest in the morning", ("forest", "tree", "wood", "fern", "jungle")),
    Scene("lighthouse", "Lighthouse", ("lighthouse", "cliff", "harbour", "harbor", "storm")),
)

SAMPLE_ORIGIN = "http://sandbox.legnext.invalid"
"""Origin of the sample pictures' lasting links. The domain `.invalid` never resolves: every sandbox
serves these links itself, on any port."""

_SAMPLE_PATH = re.compile(r"/stills/([a-z-]+)\.jpg")

_ASPECT = re.compile(r"(?<!\S)--ar\s+(\d{1,3}):(\d{1,3})(?!\S)")


def scene_named(name: str) -> Scene:
    """Return the scene with this name.

    Raises:
        KeyError: There is none.
    """
    return {scene.name: scene for scene in SCENES}[name]


def picture_of(scene: Scene) -> Path:
    """Return the packaged picture of a scene."""
    return ASSETS / f"{scene.name}.jpg"


def thumbnail_of(scene: Scene) -> Path:
    """Return the packaged picture of a scene as a thumbnail of 2 to 3 KB, for a list of scenes."""
    return ASSETS / "thumbnails" / f"{scene.name}.jpg"


def sample_links() -> list[tuple[str, str]]:
    """Return title and lasting link of each sample picture, usable as `image_url` of a job."""
    return [(scene.title, f"{SAMPLE_ORIGIN}/stills/{scene.name}.jpg") for scene in SCENES]


def sample_of_link(link: str) -> Scene | None:
    """Return the scene whose picture a link means, or None.

    Besides lasting links these are links to a sandbox on this machine, such as one that ended: the
    next one listens on another port.
    """
    parts = urlsplit(link)
    path = _SAMPLE_PATH.fullmatch(parts.path)
    if path is None or not (origin_of(link) == SAMPLE_ORIGIN or is_loopback(link)):
        return None
    return next((scene for scene in SCENES if scene.name == path[1]), None)


def scenes_for(text: str, count: int = 1) -> list[Scene]:
    """Return the scenes that fit a text best, without repetition.

    A text without any known word gets scenes too, always the same ones.
    """
    words = re.findall(r"[a-z]+", text.lower())
    first = number_for(text) % len(SCENES)
    others = SCENES[first:] + SCENES[:first]

    def hits(scene: Scene) -> int:
        return sum(word.startswith(key) for word in words for key in scene.words)

    if any(map(hits, SCENES)):
        others = SCENES
    return sorted(others, key=hits, reverse=True)[:count]


def aspect_for(text: str) -> float:
    """Return the width by height that `--ar W:H` asks for; 1 without, as in the service."""
    found = _ASPECT.search(text)
    if found is None or "0" in (found[1].strip("0") or "0", found[2].strip("0") or "0"):
        return 1.0
    return min(3.0, max(1 / 3, int(found[1]) / int(found[2])))


def number_for(text: str) -> int:
    """Return a number that is the same for the same text, in every process."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
