"""Which scenes there are, and which of them a text asks for. Needs no image library."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

MOODS = 4
"""Each scene has so many moods: colours and time of day."""


@dataclass(frozen=True)
class Scene:
    """One kind of picture.

    Attributes:
        name: Its name, also of its file.
        title: What a person reads.
        words: Words that ask for it.
        mood: The mood of its example.
        seed: The seed of its example.
        size: Width and height of its example.
    """

    name: str
    title: str
    words: tuple[str, ...]
    mood: int
    seed: int
    size: tuple[int, int] = (1280, 720)


SCENES = (
    Scene("ocean", "Sea at sunset", ("ocean", "sea", "wave", "beach", "surf", "water"), 0, 3),
    Scene(
        "mountain-lake", "Mountain lake", ("mountain", "lake", "alps", "snow", "reflection"), 1, 5
    ),
    Scene(
        "city", "City after rain", ("city", "street", "neon", "rain", "tower", "cyberpunk"), 0, 8
    ),
    Scene("balloons", "Balloons at dawn", ("balloon", "sky", "valley", "festival", "float"), 1, 2),
    Scene(
        "northern-lights",
        "Northern lights",
        ("aurora", "northern", "star", "winter", "night"),
        0,
        4,
    ),
    Scene("dunes", "Dunes", ("desert", "dune", "sand", "sahara", "camel"), 0, 6),
    Scene("forest", "Forest in the morning", ("forest", "tree", "wood", "fern", "jungle"), 0, 7),
    Scene("lighthouse", "Lighthouse", ("lighthouse", "cliff", "harbour", "harbor", "storm"), 1, 11),
)

_MOOD_WORDS = {
    0: ("dawn", "sunrise", "golden", "morning", "warm"),
    1: ("day", "noon", "bright", "sunny", "clear"),
    2: ("sunset", "dusk", "evening", "pink", "twilight"),
    3: ("night", "moon", "dark", "midnight", "starry"),
}
_ASPECT = re.compile(r"(?<!\S)--ar\s+(\d{1,3}):(\d{1,3})(?!\S)")


def scene_named(name: str) -> Scene | None:
    """The scene with this name."""
    return next((scene for scene in SCENES if scene.name == name), None)


def scene_for(text: str) -> Scene:
    """The scene that a text asks for; any other text has a scene of its own too."""
    words = re.findall(r"[a-z]+", text.lower())
    scores = [sum(word.startswith(key) for word in words for key in s.words) for s in SCENES]
    if max(scores):
        return SCENES[scores.index(max(scores))]
    return SCENES[number_for(text) % len(SCENES)]


def mood_for(text: str) -> int:
    """The mood that a text asks for, else one of its own."""
    words = set(re.findall(r"[a-z]+", text.lower()))
    for mood, names in _MOOD_WORDS.items():
        if words.intersection(names):
            return mood
    return number_for(text) // 7 % MOODS


def aspect_for(text: str) -> float:
    """Width by height that `--ar W:H` asks for; square without, as the service's images are."""
    found = _ASPECT.search(text)
    if found is None or "0" in (found[1].strip("0") or "0", found[2].strip("0") or "0"):
        return 1.0
    return min(3.0, max(1 / 3, int(found[1]) / int(found[2])))


def number_for(text: str) -> int:
    """A number that is the same for the same text, in every process."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
