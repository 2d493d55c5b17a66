"""Scenes of land and sky: lake, dunes, northern lights, forest."""

from __future__ import annotations

import numpy as np

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
    _ranges(canvas, shore, low, dark, sun_x)
    _reflection(canvas, shore, top, dark)


def _ranges(canvas: Canvas, shore: float, haze: Colour, dark: Colour, sun_x: float) -> None:
    for number in range(5):
        part = number / 4
        height = 0.30 - 0.052 * number
        line = shore - height * (0.55 + 0.45 * canvas.line(0.52, 1.6 + number * 0.9, 7))
        line = np.minimum(line, shore - 0.004)
        mask = canvas.below(line)
        canvas.lay(mask, mixed(mixed(haze, (0.45, 0.5, 0.62), 0.35), dark, 0.12 + 0.8 * part**0.9))
        if number < 2:
            slope = np.gradient(canvas.blurred(line[None, :].repeat(8, 0), 0.004)[4]) * canvas.height
            lit = np.clip(slope * (1 if number else 1) * np.sign(sun_x - canvas.x[0]) * 0.5 + 0.45, 0.1, 1)
            rough = canvas.noise(22, 3)
            snow = mask * step(0.13, 0.02, canvas.y - line[None, :] + (rough - 0.5) * 0.09)
            canvas.lay(snow * lit[None, :] * (0.85 - 0.3 * number), (1.0, 0.96, 0.93))
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


def pine(x: float, foot: float, height: float) -> list[tuple[float, float]]:
    """The outline of a fir."""
    left, right = [], []
    for tier in range(6):
        part = tier / 6
        half = height * 0.22 * (1.05 - part)
        level = foot - height * (0.1 + 0.86 * part)
        left += [(x - half, level), (x - half * 0.45, level - height * 0.11)]
        right += [(x + half, level), (x + half * 0.45, level - height * 0.11)]
    return [(x - height * 0.02, foot), *left, (x, foot - height), *reversed(right), (x + height * 0.02, foot)]


def _reflection(canvas: Canvas, shore: float, top: Colour, dark: Colour) -> None:
    row = int(shore * canvas.height)
    count = canvas.height - row
    distance = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    ripple = canvas.noise(26, 3, stretch=9)[row:]
    source = row - 1 - np.clip(np.arange(count)[:, None] * 0.96 + (ripple - 0.5) * distance * 34, 0, row - 1)
    shift = ((ripple - 0.5) * distance * 16).astype(int)
    columns = np.clip(np.arange(canvas.width)[None, :] + shift, 0, canvas.width - 1)
    mirrored = canvas.rgb[source.astype(int), columns]
    deep = mixed(mixed(top, dark, 0.5), (0.02, 0.08, 0.12), 0.4)
    canvas.rgb[row:] = mirrored * (0.86 - 0.3 * distance[..., None]) + np.asarray(deep, np.float32) * (
        0.08 + 0.3 * distance[..., None]
    )
    canvas.rgb[row : row + max(2, count // 90)] *= 0.75
    canvas.depth[row:] = 0.45 + 0.55 * distance


DUNE_MOODS = (
    ("233a6b", "f2a25c", "ffdca0", "e08a45", "4a1f1d"),
    ("5aa0d8", "cfe6f2", "fff3dd", "e9b878", "7a4526"),
    ("120c33", "6b2d6e", "f08a6a", "b4533f", "1d0d24"),
    ("050a1f", "12244f", "345a8c", "56658f", "070a18"),
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
        lit = np.clip(0.5 + slope * 1.5, 0.0, 1.0) * (1 - 0.45 * depth)
        near = mixed(sand, dark, 0.1)
        paint = np.asarray(mixed(mixed(sand, low, 0.75 * (1 - part)), near, part), np.float32)
        paint = paint * (0.32 + 0.78 * lit[..., None]) + np.asarray(dark, np.float32) * (
            0.32 * (1 - lit[..., None])
        )
        waves = np.sin((canvas.y * 260 / (0.4 + part) + (grain - 0.5) * 2 + depth * 9) * (1.0 + 0 * canvas.x))
        paint = paint * (1 + 0.035 * part * waves[..., None]) + ((grain - 0.5) * 0.02 * part)[..., None]
        canvas.lay(mask, paint)
        rim = step(0.012, 0.0, np.abs(canvas.y - crest[None, :])) * mask
        canvas.light(rim * np.clip(slope * 2 + 0.25, 0, 1) * 0.4, sun)
        canvas.near(mask, 0.15 + 0.85 * part)


def _crest(canvas: Canvas, scale: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Smooth on the windward side, sharp on the other."""
    phase = float(canvas.random.uniform(0, 6.28))
    place = canvas.x[0] * scale * 2.2 + phase + 0.5 * np.sin(canvas.x[0] * 1.7 + phase)
    saw = (place / 6.2832) % 1
    wave = np.where(saw < 0.72, np.sin(saw / 0.72 * np.pi / 2), np.cos((saw - 0.72) / 0.28 * np.pi / 2))
    return np.asarray(wave * 2 - 1, np.float32)


AURORA_MOODS = (
    ("040a1c", "0b2a3c", "3dffa8", "37b8ff"),
    ("08061f", "24114a", "b06bff", "4fe0d0"),
    ("03101a", "0b3340", "6affd2", "d0ff6a"),
    ("0a0514", "331030", "ff6fae", "7a8cff"),
)


def northern_lights(canvas: Canvas, mood: int) -> None:
    """Curtains of light over firs and snow."""
    top, low, first, second = (colour(c) for c in AURORA_MOODS[mood % 4])
    snow = 0.8
    canvas.lay(1.0, canvas.gradient([(0, top), (snow, low), (1, low)]))
    canvas.light(canvas.stars(700, snow), (0.9, 0.95, 1.0))
    rays = canvas.noise(2, 1) * 0
    fine = canvas.line(0.8, 14, 4)
    for number, paint in enumerate((first, second, first)):
        bend = 0.13 * canvas.line(0.35, 1.1, 3) + 0.02 * canvas.line(0.6, 5, 3)
        foot = 0.34 + 0.13 * number + bend
        height = np.clip(0.26 + 0.12 * canvas.line(0.5, 3, 4) + 0.05 * fine, 0.06, 1)
        above = (foot[None, :] - canvas.y) / height[None, :]
        veil = np.where(above > 0, np.exp(-above * 1.9), np.exp(above * 26))
        stripes = 0.55 + 0.45 * canvas.line(0.75, 9, 5)[None, :]
        veil = np.asarray(veil * stripes * (0.95 - 0.25 * number), np.float32)
        rays = rays + veil
        tint = np.clip(above, 0, 1)[..., None]
        canvas.light(
            np.clip(veil, 0, 1),
            np.asarray(paint, np.float32) * (1 - tint) + np.asarray(mixed(paint, second, 0.8), np.float32) * tint,
        )
    canvas.light(canvas.blurred(np.clip(rays, 0, 1), 0.06) * 0.35, first)
    canvas.near(canvas.y > 0.5, 0.2)
    _snowfield(canvas, snow, low, first)


def _snowfield(canvas: Canvas, snow: float, low: Colour, glow: Colour) -> None:
    hill = snow - 0.11 - 0.05 * canvas.line(0.5, 1.5, 5)
    canvas.lay(canvas.below(hill), mixed(low, (0, 0.01, 0.03), 0.55))
    ground = snow + 0.02 * canvas.line(0.4, 1.4, 3)
    mask = canvas.below(ground)
    drift = canvas.noise(5, 4, stretch=4)
    paint = np.asarray(mixed(low, (0.75, 0.85, 1.0), 0.35), np.float32) * (0.5 + 0.5 * drift[..., None])
    canvas.lay(mask, paint + np.asarray(glow, np.float32) * 0.12)
    canvas.near(mask, 0.4 + 0.6 * np.clip((canvas.y - snow) / 0.2, 0, 1))
    for size, foot, dark in ((0.14, snow + 0.01, 0.6), (0.3, snow + 0.06, 0.85), (0.52, 1.02, 0.95)):
        trees = []
        for _ in range(int(canvas.aspect * (2.4 / size) ** 0.9)):
            x = float(canvas.random.uniform(-0.05, canvas.aspect + 0.05))
            middle = abs(x / canvas.aspect - 0.52)
            if middle < 0.05 + size * 0.55:
                continue
            trees.append(pine(x, foot + float(canvas.random.uniform(0, 0.03)), size * float(canvas.random.uniform(0.6, 1))))
        if trees:
            firs = canvas.shape(*trees)
            canvas.lay(firs, mixed(low, (0.0, 0.01, 0.02), dark))
            canvas.near(firs, 0.5 + size)


FOREST_MOODS = (
    ("f7e7a6", "8fae6a", "1c3a26", "0a1810"),
    ("dff0f2", "7fa6a0", "173238", "071416"),
    ("ffd08a", "c5763a", "4a2414", "190b07"),
    ("bcd6ff", "3f5f98", "101f3f", "050a16"),
)


def forest(canvas: Canvas, mood: int) -> None:
    """Trunks in mist, and light falling between them."""
    light, mist, deep, dark = (colour(c) for c in FOREST_MOODS[mood % 4])
    sun_x = canvas.aspect * float(canvas.random.uniform(0.35, 0.65))
    canvas.lay(1.0, canvas.gradient([(0, mixed(mist, deep, 0.35)), (0.55, mist), (1, deep)]))
    canvas.light(canvas.glow(sun_x, 0.3, 0.34, 1.7), light)
    leaves = canvas.noise(18, 4)
    canvas.lay(step(0.5, 0.95, leaves) * step(0.42, 0.0, canvas.y) * 0.55, mixed(mist, deep, 0.7))
    for number in range(6):
        part = number / 5
        _trunks(canvas, part, mixed(mist, dark, 0.22 + 0.78 * part**0.8))
        if number in (1, 3):
            canvas.light(_beams(canvas, sun_x) * (0.5 - 0.28 * part), light)
            canvas.lay(canvas.noise(3, 4, stretch=3) * 0.16, mixed(mist, light, 0.5))
    ferns = 0.9 + 0.05 * canvas.line(0.75, 7, 5)
    under = canvas.below(ferns)
    patches = canvas.noise(30, 3, stretch=2)
    canvas.lay(under, mixed(deep, dark, 0.55))
    canvas.light(under * step(0.62, 1, patches) * canvas.glow(sun_x, 1, 0.5) * 0.45, mixed(mist, light, 0.5))
    canvas.near(under, 1.0)
    canvas.shade(step(0.45, 1.0, np.abs(canvas.x / canvas.aspect - 0.5) * 2) * 0.35)


def _trunks(canvas: Canvas, part: float, paint: Colour) -> None:
    trunks = []
    width = 0.008 + 0.055 * part**1.6
    foot = 0.66 + 0.36 * part
    count = int(canvas.aspect * (13 - 10 * part))
    for number in range(count):
        x = canvas.aspect * (number + float(canvas.random.uniform(0.1, 0.9))) / count
        if part > 0.55 and abs(x / canvas.aspect - 0.5) < 0.2:
            continue
        half = width * float(canvas.random.uniform(0.6, 1.2)) / 2
        lean = float(canvas.random.uniform(-0.03, 0.03))
        trunks.append(
            [
                (x - half * 0.7 + lean, -0.02),
                (x + half * 0.7 + lean, -0.02),
                (x + half, foot - 0.05),
                (x + half * 2.1, foot + 0.01),
                (x - half * 2.1, foot + 0.01),
                (x - half, foot - 0.05),
            ]
        )
        for _ in range(int(3 + 4 * part)):
            level = float(canvas.random.uniform(0.02, 0.5))
            reach = float(canvas.random.choice([-1, 1])) * half * float(canvas.random.uniform(3, 8))
            trunks.append([(x, level), (x + reach, level - abs(reach) * 0.5), (x, level + half * 0.5)])
    ground = canvas.below(foot + 0.012 * canvas.line(0.6, 5, 4), soft=0.01)
    canvas.lay(ground, paint)
    canvas.near(ground, 0.2 + 0.7 * part)
    if trunks:
        mask = canvas.shape(*trunks)
        canvas.lay(mask, paint)
        canvas.near(mask, 0.2 + 0.75 * part)


def _beams(canvas: Canvas, sun_x: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    angle = np.arctan2(canvas.x - sun_x, canvas.y + 0.25)
    knots = canvas.random.random(60).astype(np.float32)
    rays = np.interp(angle, np.linspace(-1.5, 1.5, 60), knots)
    fade = np.exp(-((canvas.y - 0.1) ** 2) * 2.2) * np.exp(-((canvas.x - sun_x) ** 2) * 1.1)
    return np.asarray(step(0.5, 1.0, np.asarray(rays, np.float32)) * fade, np.float32)
