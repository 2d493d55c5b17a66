"""Scenes with trees: northern lights over firs, a forest in mist."""

from __future__ import annotations

import numpy as np

from .firs import pine
from .paint import Canvas, Colour, colour, mixed, step

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
        veil = np.exp(np.where(above > 0, -above * 1.9, np.maximum(above, -3) * 26))
        stripes = 0.55 + 0.45 * canvas.line(0.75, 9, 5)[None, :]
        veil = np.asarray(veil * stripes * (0.95 - 0.25 * number), np.float32)
        rays = rays + veil
        tint = np.clip(above, 0, 1)[..., None]
        canvas.light(
            np.clip(veil, 0, 1),
            np.asarray(paint, np.float32) * (1 - tint)
            + np.asarray(mixed(paint, second, 0.8), np.float32) * tint,
        )
    canvas.light(canvas.blurred(np.clip(rays, 0, 1), 0.06) * 0.35, first)
    canvas.near(step(0.45, 0.55, canvas.y), 0.2)
    _snowfield(canvas, snow, low, first)


def _snowfield(canvas: Canvas, snow: float, low: Colour, glow: Colour) -> None:
    hill = snow - 0.11 - 0.05 * canvas.line(0.5, 1.5, 5)
    canvas.lay(canvas.below(hill), mixed(low, (0, 0.01, 0.03), 0.55))
    ground = snow + 0.02 * canvas.line(0.4, 1.4, 3)
    mask = canvas.below(ground)
    drift = canvas.noise(5, 4, stretch=4)
    paint = np.asarray(mixed(low, (0.75, 0.85, 1.0), 0.35), np.float32) * (
        0.5 + 0.5 * drift[..., None]
    )
    canvas.lay(mask, paint + np.asarray(glow, np.float32) * 0.12)
    canvas.near(mask, 0.4 + 0.6 * np.clip((canvas.y - snow) / 0.2, 0, 1))
    for size, foot, dark in (
        (0.14, snow + 0.01, 0.6),
        (0.3, snow + 0.06, 0.85),
        (0.52, 1.02, 0.95),
    ):
        trees = []
        for _ in range(int(canvas.aspect * (2.4 / size) ** 0.9)):
            x = float(canvas.random.uniform(-0.05, canvas.aspect + 0.05))
            middle = abs(x / canvas.aspect - 0.52)
            if middle < 0.05 + size * 0.55:
                continue
            trees.append(
                pine(
                    x,
                    foot + float(canvas.random.uniform(0, 0.03)),
                    size * float(canvas.random.uniform(0.6, 1)),
                )
            )
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
    canvas.light(
        under * step(0.62, 1, patches) * canvas.glow(sun_x, 1, 0.5) * 0.45, mixed(mist, light, 0.5)
    )
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
            trunks.append(
                [(x, level), (x + reach, level - abs(reach) * 0.5), (x, level + half * 0.5)]
            )
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
