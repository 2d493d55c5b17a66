"""Scenes by the sea: the open sea, a lighthouse."""

from __future__ import annotations

import numpy as np

from .paint import Canvas, Colour, Plane, colour, mixed, stamp, step

_WHITE, _RED = np.array((0.93, 0.91, 0.88), np.float32), np.array((0.76, 0.17, 0.15), np.float32)

SEA_MOODS = (
    ("2a3f7a", "f08a5d", "ffd9a3", "fff0c4", "4a2f5a"),
    ("3b8fd0", "bfe3f5", "f7f7ee", "ffffff", "0f5f86"),
    ("27194f", "c24d7c", "ff9a76", "ffe2b8", "2a1f52"),
    ("071230", "1e3c72", "6f97c8", "e8f1ff", "081a36"),
)


def ocean(canvas: Canvas, mood: int) -> None:
    """The sun over the sea, its path on the waves, surf on rocks."""
    top, middle, low, sun, water = (colour(c) for c in SEA_MOODS[mood % 4])
    horizon = 0.5
    sun_x = canvas.aspect * float(canvas.random.uniform(0.35, 0.65))
    sun_y = horizon - 0.1
    _sky(canvas, horizon, (top, middle, low), sun, (sun_x, sun_y))
    _sea(canvas, horizon, (water, middle, low, sun), sun_x)
    _rocks(canvas, mixed(water, (0.03, 0.03, 0.05), 0.8), sun)


def lighthouse(canvas: Canvas, mood: int) -> None:
    """A lighthouse on a cliff above the sea, its lamp lit."""
    top, middle, low, sun, water = (colour(c) for c in SEA_MOODS[(mood + 2) % 4])
    horizon = 0.6
    right = bool(canvas.random.random() < 0.5)
    sun_x = canvas.aspect * (0.25 if right else 0.75)
    _sky(canvas, horizon, (top, middle, low), sun, (sun_x, horizon - 0.07))
    _sea(canvas, horizon, (water, middle, low, sun), sun_x)
    x = canvas.aspect * (0.7 if right else 0.3)
    dark = mixed(water, (0.02, 0.03, 0.05), 0.75)
    side = canvas.x[0] - x if right else x - canvas.x[0]
    cliff = (
        0.66
        + 0.05 * canvas.line(0.55, 3, 6)
        - 0.12 * step(-0.5, 0.1, side)
        + 0.5 * step(-0.2, -0.75, side)
    )
    mask = canvas.below(np.asarray(cliff, np.float32))
    rough = canvas.relief(13)
    stone = mixed(dark, low, 0.12)
    canvas.lay(mask, np.asarray(stone, np.float32) * (0.25 + 1.35 * rough[..., None]))
    grass = mask * step(0.09, 0.0, canvas.y - cliff[None, :] + 0.05 * (rough - 0.5))
    canvas.lay(grass * 0.6, mixed(mixed(dark, (0.2, 0.34, 0.2), 0.4), middle, 0.15))
    rim = mask * step(0.025, 0.0, canvas.y - cliff[None, :])
    canvas.light(rim * 0.35 * rough, mixed(low, sun, 0.4))
    canvas.near(mask, 0.8)
    _tower(canvas, x, float(np.interp(x, canvas.x[0], cliff)) + 0.02, sun)


def _tower(canvas: Canvas, x: float, foot: float, sun: Colour) -> None:
    height = foot - 0.2
    body = canvas.shape([(x - 0.036, foot), (x + 0.036, foot), (x + 0.023, 0.2), (x - 0.023, 0.2)])
    stripes = np.sin((canvas.y - 0.2) / height * np.pi * 5) > 0
    paint = np.where(stripes[..., None], _WHITE, _RED)
    shadow = 0.45 + 0.6 * step(0.035, -0.03, np.abs(canvas.x - x + 0.012)) * np.ones_like(canvas.y)
    canvas.lay(body, np.asarray(paint * shadow[..., None], np.float32))
    dark = (0.12, 0.12, 0.15)
    gallery = [(x - 0.036, 0.2), (x + 0.036, 0.2), (x + 0.036, 0.19), (x - 0.036, 0.19)]
    roof = [(x - 0.028, 0.145), (x, 0.105), (x + 0.028, 0.145)]
    canvas.lay(canvas.shape(gallery, roof), dark)
    lamp = canvas.shape(
        [(x - 0.019, 0.19), (x + 0.019, 0.19), (x + 0.019, 0.145), (x - 0.019, 0.145)]
    )
    canvas.lay(lamp, (1.0, 0.94, 0.72))
    canvas.near(np.maximum(body, lamp), 0.85)
    for way in (-1, 1):
        tip = x + way * canvas.aspect * 1.1
        beam = canvas.shape([(x, 0.165), (tip, 0.165 - 0.2), (tip, 0.165 + 0.05)], soft=0.008)
        canvas.light(
            beam * np.exp(-np.abs(canvas.x - x) * 1.5) * 0.5, mixed(sun, (1, 0.95, 0.8), 0.5)
        )
    canvas.light(canvas.glow(x, 0.167, 0.045, 1.9) * 0.95, (1.0, 0.92, 0.7))
    door = canvas.shape(
        [(x - 0.009, foot), (x + 0.009, foot), (x + 0.009, foot - 0.04), (x - 0.009, foot - 0.04)]
    )
    canvas.lay(door, dark)


def _sky(
    canvas: Canvas,
    horizon: float,
    colours: tuple[Colour, Colour, Colour],
    sun: Colour,
    place: tuple[float, float],
) -> None:
    top, middle, low = colours
    canvas.lay(1.0, canvas.gradient([(0, top), (horizon * 0.6, middle), (horizon, low)]))
    if sum(top) < 0.5:
        canvas.light(canvas.stars(350, horizon * 0.9) * 0.8, (0.9, 0.95, 1.0))
    clouds = canvas.noise(4, 6, stretch=3.2)
    high = step(0.45, 0.9, clouds) * step(horizon, horizon * 0.25, canvas.y)
    canvas.lay(high * 0.55, mixed(middle, top, 0.35))
    lit = step(0.5, 0.95, np.roll(clouds, -canvas.height // 70, 0)) * step(
        horizon, horizon * 0.3, canvas.y
    )
    canvas.light(lit * 0.6 * canvas.glow(*place, 0.6, 1.4), mixed(low, sun, 0.5))
    canvas.light(canvas.glow(*place, 0.2, 1.6) * 0.8, sun)
    canvas.light(canvas.disc(*place, 0.045), sun)
    canvas.near(1.0, 0.05 + 0.1 * canvas.y)


def _sea(
    canvas: Canvas,
    horizon: float,
    colours: tuple[Colour, Colour, Colour, Colour],
    sun_x: float,
) -> None:
    water, glow, sky, sun = colours
    mask = step(horizon - 0.002, horizon + 0.002, canvas.y) * np.ones_like(canvas.x)
    distance = np.clip((canvas.y - horizon) / (1 - horizon), 1e-3, 1)
    # Perspective: waves are sampled where the eye's ray meets the water.
    reach = 1 / (distance + 0.05)
    swell = _waves(canvas, reach)
    base = (
        np.asarray(mixed(water, sky, 0.55), np.float32) * (1 - distance[..., None])
        + np.asarray(water, np.float32) * distance[..., None]
    )
    paint = base * (0.78 + 0.5 * (swell[..., None] - 0.5) * (0.35 + distance[..., None]))
    canvas.lay(mask, np.asarray(paint, np.float32))
    crest = step(0.58, 0.9, swell)
    canvas.light(mask * crest * (0.5 - 0.25 * distance), mixed(glow, sky, 0.3))
    width = 0.03 + 0.3 * distance
    path = np.exp(-(((canvas.x - sun_x) / width) ** 2)) * step(0.42, 0.8, swell)
    canvas.light(mask * path * (0.95 - 0.35 * distance), sun)
    canvas.near(mask, 0.15 + 0.8 * distance)


def _waves(canvas: Canvas, reach: Plane) -> Plane:
    total = np.zeros((canvas.height, canvas.width), np.float32)
    for number in range(14):
        length = 2.2 * 1.42**number
        angle = float(canvas.random.normal(0, 0.5))
        phase = float(canvas.random.uniform(0, 6.28))
        across = (canvas.x - canvas.aspect / 2) * reach * np.sin(angle) * 0.9
        along = reach * np.cos(angle) * 1.6
        fade = np.exp(-((length * reach**2 / 900) ** 2))
        total += np.asarray(
            np.sin((across + along) * length + phase) * fade * 0.9**number, np.float32
        )
    fine = canvas.noise(60, 3, stretch=5) - 0.5
    return np.asarray(np.clip(0.5 + total * 0.14 + fine * 0.45, 0, 1), np.float32)


def _rocks(canvas: Canvas, dark: Colour, sun: Colour) -> None:
    side = float(canvas.random.choice([-1, 1]))
    place = canvas.x[0] / canvas.aspect
    rise = np.clip((place if side > 0 else 1 - place) - 0.52, 0, 1) * 2
    line = 1.03 - 0.4 * rise**1.4 + 0.06 * canvas.line(0.6, 4, 7) * (0.2 + rise)
    mask = canvas.below(line)
    rough = canvas.relief(9, 6)
    foam_edge = (
        step(0.075, 0.0, line[None, :] - canvas.y) * (1 - mask) * canvas.noise(26, 5, gain=0.65)
    )
    canvas.lay(step(0.3, 0.75, foam_edge) * 0.85, mixed((0.95, 0.97, 1.0), sun, 0.25))
    canvas.lay(mask, np.asarray(dark, np.float32) * (0.3 + 1.7 * rough[..., None]))
    lit = mask * step(0.03, 0.0, canvas.y - line[None, :]) * rough
    canvas.light(lit * 0.5, sun)
    spray = np.zeros_like(mask)
    for _ in range(140):
        column = int(canvas.random.integers(0, canvas.width))
        if rise[column] > 0.02:
            level = (line[column] - abs(canvas.random.normal(0, 0.05))) * canvas.height
            stamp(
                spray,
                column,
                float(level),
                float(canvas.random.uniform(0.6, 2.2)) * canvas.height / 540,
                0.6,
            )
    canvas.light(np.clip(spray, 0, 1) * 0.8, (1.0, 0.98, 0.95))
    canvas.near(mask, 1.0)
