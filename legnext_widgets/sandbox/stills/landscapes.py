"""Scenes of land and sky: a mountain lake, dunes."""

from __future__ import annotations

import numpy as np

from .firs import pine
from .paint import Canvas, Colour, colour, mixed, step

LAKE_MOODS = (
    ("1b2a5a", "e8795a", "ffd9a0", "fff1c9", "141a2e"),
    ("2f6fb5", "a9d0ee", "f4efe0", "ffffff", "16303a"),
    ("2a1b4a", "b0487e", "ff9e7a", "ffe0b0", "160f26"),
    ("0b1636", "274a86", "7fa8d8", "dbe9ff", "050a18"),
)


def mountain_lake(canvas: Canvas, mood: int) -> None:
    """Ranges behind one another in haze, and their reflection in still water."""
    top, middle, low, sun, dark = (colour(c) for c in LAKE_MOODS[mood % 4])
    shore = 0.62
    canvas.lay(1.0, canvas.gradient([(0, top), (shore * 0.62, middle), (shore, low)]))
    sun_x = canvas.aspect * float(canvas.random.uniform(0.3, 0.7))
    canvas.light(canvas.glow(sun_x, shore - 0.2, 0.16, 1.7) * 0.8, sun)
    canvas.light(canvas.disc(sun_x, shore - 0.2, 0.034), sun)
    clouds = step(0.48, 0.95, canvas.noise(3, 5, stretch=4)) * step(0.55, 0.1, canvas.y)
    canvas.light(clouds * 0.5, mixed(low, sun, 0.5))
    _ranges(canvas, shore, low, dark)
    _reflection(canvas, shore, top, dark)


def _ranges(canvas: Canvas, shore: float, haze: Colour, dark: Colour) -> None:
    for number in range(5):
        part = number / 4
        height = 0.30 - 0.052 * number
        line = shore - height * (0.55 + 0.45 * canvas.line(0.52, 1.6 + number * 0.9, 7))
        line = np.minimum(line, shore - 0.004)
        mask = canvas.below(line)
        canvas.lay(mask, mixed(mixed(haze, (0.45, 0.5, 0.62), 0.35), dark, 0.12 + 0.8 * part**0.9))
        rough = canvas.relief(14 + 6 * number)
        if number < 2:
            reach = (0.1 - 0.03 * number) * (0.35 + canvas.noise(9, 4))
            snow = mask * step(1.25, 0.75, (canvas.y - line[None, :]) / reach)
            white = np.asarray(mixed((1.0, 0.97, 0.94), haze, 0.2 + 0.2 * number), np.float32)
            shadow = np.asarray(mixed(haze, (0.36, 0.42, 0.58), 0.65), np.float32)
            sharp = step(0.3, 0.7, rough)[..., None]
            canvas.lay(snow * 0.9, shadow * (1 - sharp) + white * sharp)
        canvas.light(mask * step(0.5, 1.0, rough) * 0.16 * (1 - 0.6 * part), haze)
        canvas.shade(mask * step(0.5, 0.0, rough) * 0.22)
        canvas.near(mask, 0.1 + 0.5 * part)
        mist = step(-0.1, 0.0, canvas.y - shore) * canvas.noise(4, 4, stretch=5)
        canvas.lay(mist * mask * 0.42 * (1 - part), haze)
    _pines(canvas, shore, mixed(dark, (0, 0, 0), 0.45))


def _pines(canvas: Canvas, foot: float, dark: Colour) -> None:
    trees = []
    x = -0.02
    while x < canvas.aspect:
        edge = abs(x / canvas.aspect - 0.5) * 2
        height = float(canvas.random.uniform(0.35, 1)) * (0.02 + 0.13 * max(0.0, edge - 0.2) ** 1.4)
        trees.append(pine(x, foot + 0.006, height))
        x += 0.012 + height * 0.12
    mask = canvas.shape(*trees)
    canvas.lay(mask, dark)
    canvas.near(mask, 0.75)


def _reflection(canvas: Canvas, shore: float, top: Colour, dark: Colour) -> None:
    row = int(shore * canvas.height)
    count = canvas.height - row
    distance = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    ripple = canvas.noise(26, 3, stretch=9)[row:]
    source = (
        row
        - 1
        - np.clip(np.arange(count)[:, None] * 0.96 + (ripple - 0.5) * distance * 34, 0, row - 1)
    )
    shift = ((ripple - 0.5) * distance * 16).astype(int)
    columns = np.clip(np.arange(canvas.width)[None, :] + shift, 0, canvas.width - 1)
    mirrored = canvas.rgb[source.astype(int), columns]
    deep = mixed(mixed(top, dark, 0.5), (0.02, 0.08, 0.12), 0.4)
    canvas.rgb[row:] = mirrored * (0.86 - 0.3 * distance[..., None]) + np.asarray(
        deep, np.float32
    ) * (0.08 + 0.3 * distance[..., None])
    canvas.rgb[row : row + max(2, count // 90)] *= 0.75
    canvas.depth[row:] = 0.45 + 0.55 * distance


DUNE_MOODS = (
    ("233a6b", "f2a25c", "ffdca0", "e08a45", "4a1f1d"),
    ("5aa0d8", "cfe6f2", "fff3dd", "e9b878", "7a4526"),
    ("120c33", "6b2d6e", "f08a6a", "b4533f", "1d0d24"),
    ("050a1f", "12244f", "e4ecff", "56658f", "070a18"),
)


def dunes(canvas: Canvas, mood: int) -> None:
    """Crests of sand, lit from one side, under a wide sky."""
    top, low, sun, sand, dark = (colour(c) for c in DUNE_MOODS[mood % 4])
    canvas.lay(1.0, canvas.gradient([(0, top), (0.34, mixed(top, low, 0.6)), (0.52, low)]))
    night = mood % 4 == 3
    if night:
        canvas.light(canvas.stars(900, 0.55), (0.9, 0.95, 1.0))
        band = canvas.noise(4, 5) * step(0.28, 0.0, np.abs(canvas.y - 0.5 + canvas.x * 0.28))
        canvas.light(band * 0.35, (0.6, 0.6, 0.9))
    disc_x = canvas.aspect * float(canvas.random.uniform(0.22, 0.42))
    canvas.light(canvas.glow(disc_x, 0.3, 0.14, 1.8) * (0.5 if night else 0.85), sun)
    canvas.light(canvas.disc(disc_x, 0.3, 0.05 if night else 0.06), sun)
    grain = canvas.noise(canvas.height / 5, 2)
    for number in range(6):
        part = number / 5
        base = 0.46 + 0.46 * part**1.25
        crest = base - (0.03 + 0.085 * part) * _crest(canvas, 0.9 + 1.4 * (1 - part))
        mask = canvas.below(crest)
        depth = np.clip((canvas.y - crest[None, :]) / (0.12 + 0.3 * part), 0, 1)
        slope = np.gradient(crest)[None, :] * canvas.height
        lit = np.clip(0.5 + slope * 1.5 * np.exp(-depth * 2.5), 0.0, 1.0) * (1 - 0.4 * depth)
        near = mixed(sand, dark, 0.1)
        paint = np.asarray(mixed(mixed(sand, low, 0.75 * (1 - part)), near, part), np.float32)
        paint = paint * (0.32 + 0.78 * lit[..., None]) + np.asarray(dark, np.float32) * (
            0.32 * (1 - lit[..., None])
        )
        waves = np.sin(
            (canvas.y * 260 / (0.4 + part) + (grain - 0.5) * 2 + depth * 9) * (1.0 + 0 * canvas.x)
        )
        paint = (
            paint * (1 + 0.035 * part * waves[..., None]) + ((grain - 0.5) * 0.02 * part)[..., None]
        )
        canvas.lay(mask, paint)
        rim = step(0.012, 0.0, np.abs(canvas.y - crest[None, :])) * mask
        canvas.light(rim * np.clip(slope * 2 + 0.25, 0, 1) * 0.4, sun)
        canvas.near(mask, 0.15 + 0.85 * part)


def _crest(canvas: Canvas, scale: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Smooth on the windward side, sharp on the other."""
    phase = float(canvas.random.uniform(0, 6.28))
    place = canvas.x[0] * scale * 2.2 + phase + 0.5 * np.sin(canvas.x[0] * 1.7 + phase)
    saw = (place / 6.2832) % 1
    wave = np.where(
        saw < 0.72, np.sin(saw / 0.72 * np.pi / 2), np.cos((saw - 0.72) / 0.28 * np.pi / 2)
    )
    reach = max(3, canvas.height // 12)
    padded = np.pad(wave, reach, mode="edge")
    smooth = np.convolve(padded, np.ones(reach) / reach, mode="same")[reach:-reach]
    return np.asarray(smooth * 2 - 1, np.float32)
