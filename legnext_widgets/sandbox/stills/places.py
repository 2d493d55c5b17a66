"""Scenes with a trace of people: sea and lighthouse, balloons, a city at night."""

from __future__ import annotations

import numpy as np

from .paint import Canvas, Colour, Plane, colour, mixed, stamp, step

SEA_MOODS = (
    ("2a3f7a", "f08a5d", "ffd9a3", "fff0c4", "1d3a5c"),
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
    _sea(canvas, horizon, water, low, sun, sun_x)
    _rocks(canvas, mixed(water, (0.03, 0.03, 0.05), 0.8), sun)


def lighthouse(canvas: Canvas, mood: int) -> None:
    """A lighthouse on a cliff above the sea, its lamp lit."""
    top, middle, low, sun, water = (colour(c) for c in SEA_MOODS[(mood + 2) % 4])
    horizon = 0.6
    right = bool(canvas.random.random() < 0.5)
    sun_x = canvas.aspect * (0.25 if right else 0.75)
    _sky(canvas, horizon, (top, middle, low), sun, (sun_x, horizon - 0.07))
    _sea(canvas, horizon, water, low, sun, sun_x)
    x = canvas.aspect * (0.7 if right else 0.3)
    dark = mixed(water, (0.02, 0.03, 0.05), 0.75)
    side = canvas.x[0] - x if right else x - canvas.x[0]
    cliff = 0.66 + 0.05 * canvas.line(0.55, 3, 6) - 0.12 * step(-0.5, 0.1, side) + 0.5 * step(-0.2, -0.75, side)
    mask = canvas.below(np.asarray(cliff, np.float32))
    rough = canvas.noise(16, 5)
    canvas.lay(mask, np.asarray(dark, np.float32) * (0.6 + 0.9 * rough[..., None]))
    rim = mask * step(0.025, 0.0, canvas.y - cliff[None, :])
    canvas.light(rim * 0.35 * rough, mixed(low, sun, 0.4))
    canvas.near(mask, 0.8)
    _tower(canvas, x, float(np.interp(x, canvas.x[0], cliff)) + 0.02, sun)


def _tower(canvas: Canvas, x: float, foot: float, sun: Colour) -> None:
    height = foot - 0.2
    body = canvas.shape([(x - 0.036, foot), (x + 0.036, foot), (x + 0.023, 0.2), (x - 0.023, 0.2)])
    stripes = np.sin((canvas.y - 0.2) / height * np.pi * 5) > 0
    paint = np.where(stripes[..., None], np.float32((0.93, 0.91, 0.88)), np.float32((0.76, 0.17, 0.15)))
    shadow = 0.45 + 0.6 * step(0.035, -0.03, np.abs(canvas.x - x + 0.012)) * np.ones_like(canvas.y)
    canvas.lay(body, np.asarray(paint * shadow[..., None], np.float32))
    dark = (0.12, 0.12, 0.15)
    gallery = [(x - 0.036, 0.2), (x + 0.036, 0.2), (x + 0.036, 0.19), (x - 0.036, 0.19)]
    roof = [(x - 0.028, 0.145), (x, 0.105), (x + 0.028, 0.145)]
    canvas.lay(canvas.shape(gallery, roof), dark)
    lamp = canvas.shape([(x - 0.019, 0.19), (x + 0.019, 0.19), (x + 0.019, 0.145), (x - 0.019, 0.145)])
    canvas.lay(lamp, (1.0, 0.94, 0.72))
    canvas.near(np.maximum(body, lamp), 0.85)
    for way in (-1, 1):
        tip = x + way * canvas.aspect * 1.1
        beam = canvas.shape([(x, 0.165), (tip, 0.165 - 0.2), (tip, 0.165 + 0.05)], soft=0.008)
        canvas.light(beam * np.exp(-np.abs(canvas.x - x) * 1.5) * 0.5, mixed(sun, (1, 0.95, 0.8), 0.5))
    canvas.light(canvas.glow(x, 0.167, 0.045, 1.9) * 0.95, (1.0, 0.92, 0.7))
    door = canvas.shape([(x - 0.009, foot), (x + 0.009, foot), (x + 0.009, foot - 0.04), (x - 0.009, foot - 0.04)])
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
    lit = step(0.5, 0.95, np.roll(clouds, -canvas.height // 70, 0)) * step(horizon, horizon * 0.3, canvas.y)
    canvas.light(lit * 0.6 * canvas.glow(*place, 0.6, 1.4), mixed(low, sun, 0.5))
    canvas.light(canvas.glow(*place, 0.2, 1.6) * 0.8, sun)
    canvas.light(canvas.disc(*place, 0.045), sun)
    canvas.near(1.0, 0.05 + 0.1 * canvas.y)


def _sea(
    canvas: Canvas, horizon: float, water: Colour, sky: Colour, sun: Colour, sun_x: float
) -> None:
    mask = step(horizon - 0.002, horizon + 0.002, canvas.y) * np.ones_like(canvas.x)
    distance = np.clip((canvas.y - horizon) / (1 - horizon), 1e-3, 1)
    # Perspective: waves are sampled where the eye's ray meets the water.
    reach = 1 / (distance + 0.05)
    swell = _waves(canvas, reach)
    base = np.asarray(mixed(water, sky, 0.55), np.float32) * (1 - distance[..., None]) + np.asarray(
        water, np.float32
    ) * distance[..., None]
    paint = base * (0.78 + 0.5 * (swell[..., None] - 0.5) * (0.35 + distance[..., None]))
    canvas.lay(mask, np.asarray(paint, np.float32))
    crest = step(0.58, 0.9, swell)
    canvas.light(mask * crest * 0.3, mixed(sky, sun, 0.4))
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
        total += np.asarray(np.sin((across + along) * length + phase) * fade * 0.9**number, np.float32)
    fine = canvas.noise(60, 3, stretch=5) - 0.5
    return np.asarray(np.clip(0.5 + total * 0.14 + fine * 0.45, 0, 1), np.float32)


def _rocks(canvas: Canvas, dark: Colour, sun: Colour) -> None:
    side = float(canvas.random.choice([-1, 1]))
    place = canvas.x[0] / canvas.aspect
    rise = np.clip((place if side > 0 else 1 - place) - 0.52, 0, 1) * 2
    line = 1.03 - 0.4 * rise**1.4 + 0.06 * canvas.line(0.6, 4, 7) * (0.2 + rise)
    mask = canvas.below(line)
    rough = canvas.noise(12, 6, gain=0.62)
    foam_edge = step(0.075, 0.0, line[None, :] - canvas.y) * (1 - mask) * canvas.noise(26, 5, gain=0.65)
    canvas.lay(step(0.3, 0.75, foam_edge) * 0.85, mixed((0.95, 0.97, 1.0), sun, 0.25))
    canvas.lay(mask, np.asarray(dark, np.float32) * (0.35 + 1.5 * rough[..., None] ** 1.5))
    lit = mask * step(0.03, 0.0, canvas.y - line[None, :]) * rough
    canvas.light(lit * 0.5, sun)
    spray = np.zeros_like(mask)
    for _ in range(140):
        column = int(canvas.random.integers(0, canvas.width))
        if rise[column] > 0.02:
            level = (line[column] - abs(canvas.random.normal(0, 0.05))) * canvas.height
            stamp(spray, column, float(level), float(canvas.random.uniform(0.6, 2.2)) * canvas.height / 540, 0.6)
    canvas.light(np.clip(spray, 0, 1) * 0.8, (1.0, 0.98, 0.95))
    canvas.near(mask, 1.0)


BALLOON_MOODS = (
    ("6db3e8", "ffd9b0", "ff9d6c"),
    ("4a6fc2", "f7a9b4", "ffd6a0"),
    ("2c2b66", "e0719c", "ffb37a"),
    ("8fd0ee", "e8f4ea", "fff2c8"),
)
BALLOON_PAINTS = ("e4483c", "f2b134", "2e86ab", "7b4fa3", "3aa17e", "ef6f9c", "f4efe3", "1f4e79")


def balloons(canvas: Canvas, mood: int) -> None:
    """Hot-air balloons over misty hills at the start of the day."""
    top, low, sun = (colour(c) for c in BALLOON_MOODS[mood % 4])
    canvas.lay(1.0, canvas.gradient([(0, top), (0.62, low), (1, low)]))
    sun_x = canvas.aspect * float(canvas.random.uniform(0.15, 0.85))
    canvas.light(canvas.glow(sun_x, 0.6, 0.25, 1.6) * 0.8, sun)
    clouds = step(0.5, 0.95, canvas.noise(3, 6, stretch=3)) * step(0.6, 0.1, canvas.y)
    canvas.light(clouds * 0.45, (1.0, 0.97, 0.94))
    for number in range(5):
        part = number / 4
        line = 0.66 + 0.09 * number - (0.05 + 0.03 * part) * canvas.line(0.42, 1.4 + part, 5)
        mask = canvas.below(line)
        hill = mixed(mixed(low, top, 0.5), mixed((0.13, 0.22, 0.2), top, 0.15), 0.2 + 0.75 * part)
        canvas.lay(mask, hill)
        canvas.near(mask, 0.2 + 0.7 * part)
        mist = mask * step(0.13, 0.0, np.abs(canvas.y - line[None, :] - 0.1)) * canvas.noise(3, 4, stretch=4)
        canvas.lay(mist * 0.6 * (1.1 - part), mixed(low, (1, 1, 1), 0.35))
    spots = [(0.18, 0.34), (0.13, 0.62), (0.085, 0.2), (0.06, 0.8), (0.045, 0.48), (0.035, 0.09), (0.03, 0.7)]
    flip = bool(canvas.random.random() < 0.5)
    for size, place in reversed(spots):
        x = canvas.aspect * (1 - place if flip else place) + float(canvas.random.normal(0, 0.03))
        y = 0.30 + float(canvas.random.uniform(-0.12, 0.12)) + (0.14 - size) * 0.9
        _balloon(canvas, x, y, size, low, sun_x)


def _balloon(canvas: Canvas, x: float, y: float, size: float, haze: Colour, sun_x: float) -> None:
    across, up = (canvas.x - x) / size, (canvas.y - y) / size
    wide = np.where(up < 0, np.sqrt(np.clip(1 - up**2, 0, 1)), np.clip(1 - (up / 1.45) ** 1.9, 0, 1) * 1.0)
    wide = np.where((up > 1.28) | (up < -1), 0, np.maximum(wide, 0.0001))
    soft = 2.0 / (size * canvas.height)
    mask = step(soft, -soft, np.abs(across) - wide) * (wide > 0.001)
    angle = np.arcsin(np.clip(across / np.maximum(wide, 1e-3), -1, 1))
    gores = np.floor((angle / np.pi + 0.5) * 8).astype(int) % 8
    chosen = canvas.random.permutation(len(BALLOON_PAINTS))
    paints = np.asarray([colour(BALLOON_PAINTS[i]) for i in chosen], np.float32)
    style = int(canvas.random.integers(0, 3))
    if style == 0:
        index = gores % 2
    elif style == 1:
        index = np.clip(np.floor((up + 1) * 2.1).astype(int), 0, 7) + 0 * gores
    else:
        index = (gores + np.floor((up + 1) * 3).astype(int)) % 3
    side = np.sign(sun_x - x) or 1.0
    form = np.clip(0.72 + 0.34 * np.sin(angle) * side - 0.22 * up, 0.3, 1.25)
    seam = 1 - 0.16 * step(0.86, 1.0, np.abs(((angle / np.pi + 0.5) * 8) % 1 - 0.5) * 2)
    far = float(np.clip(0.5 - size * 2.8, 0, 0.5))
    body = paints[index] * (form * seam)[..., None]
    canvas.lay(mask, np.asarray(body * (1 - far) + np.asarray(haze, np.float32) * far, np.float32))
    canvas.near(mask, 0.35 + 3 * size)
    top, half = y + size * 1.5, size * 0.13
    basket = [(x - half, top), (x + half, top), (x + half * 0.85, top + half * 1.6), (x - half * 0.85, top + half * 1.6)]
    thread = size * 0.012
    ropes = [
        [(x + s * size * 0.3, y + size * 1.22), (x + s * size * 0.3 + thread, y + size * 1.22),
         (x + s * half + thread, top), (x + s * half, top)]
        for s in (-1, 1)
    ]  # fmt: skip
    canvas.lay(canvas.shape(basket, *ropes), mixed((0.25, 0.15, 0.1), haze, far))


CITY_MOODS = (
    ("0b1030", "4a2f6a", "f2748c", "ffcf7a", "57e0ff"),
    ("060b1c", "16324f", "3f8fa8", "ffe2a0", "ff6fb5"),
    ("140a24", "5a1f4f", "ff7a4d", "ffd08a", "7af0d0"),
    ("05070f", "1c2440", "4f5f96", "fff0c8", "8f7aff"),
)


def city(canvas: Canvas, mood: int) -> None:
    """Towers with lit windows at night, doubled in wet ground."""
    top, middle, low, window, neon = (colour(c) for c in CITY_MOODS[mood % 4])
    street = 0.7
    canvas.lay(1.0, canvas.gradient([(0, top), (street * 0.6, middle), (street, low)]))
    canvas.light(canvas.stars(140, 0.3) * 0.7, (0.9, 0.95, 1.0))
    moon_x = canvas.aspect * float(canvas.random.uniform(0.2, 0.8))
    canvas.light(canvas.glow(moon_x, 0.17, 0.07, 1.9) * 0.5, (0.95, 0.93, 0.9))
    canvas.light(canvas.disc(moon_x, 0.17, 0.034), (0.98, 0.96, 0.9))
    canvas.light(canvas.noise(3, 5, stretch=4) * step(0.2, street, canvas.y) * 0.25, low)
    canvas.near(1.0, 0.05)
    for number in range(4):
        part = number / 3
        paint = mixed(mixed(middle, low, 0.25), (0.02, 0.025, 0.05), 0.35 + 0.6 * part)
        _towers(canvas, street, part, paint, (window, neon))
        canvas.light(step(0.45, street, canvas.y) * step(street + 0.01, street, canvas.y) * 0.13 * (1 - part), low)
    _wet_street(canvas, street, middle, neon)


def _towers(
    canvas: Canvas, street: float, part: float, paint: Colour, lights: tuple[Colour, Colour]
) -> None:
    x = -0.03
    while x < canvas.aspect:
        width = float(canvas.random.uniform(0.06, 0.13)) * (0.7 + 0.5 * part)
        middle = 1 - abs((x + width / 2) / canvas.aspect - 0.5) * 1.2
        height = (0.16 + 0.46 * middle * float(canvas.random.random()) ** 0.8) * (1.08 - 0.42 * part)
        roof = street - height
        _tower_block(canvas, (x, x + width, roof, street), paint, lights, part)
        x += width * float(canvas.random.uniform(0.8, 1.35))


def _tower_block(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    paint: Colour,
    lights: tuple[Colour, Colour],
    part: float,
) -> None:
    left, right, roof, foot = (round(v * canvas.height) for v in box)
    left, right, roof = max(0, left), min(canvas.width, right), max(0, roof)
    if right - left < 3:
        return
    canvas.rgb[roof:foot, left:right] = paint
    canvas.depth[roof:foot, left:right] = 0.2 + 0.5 * part
    style = int(canvas.random.integers(0, 3))
    if style == 0:
        mast = round((left + right) / 2)
        canvas.rgb[max(0, roof - canvas.height // 18) : roof, mast : mast + max(1, canvas.height // 400)] = paint
        canvas.rgb[max(0, roof - canvas.height // 18), mast] = (1.0, 0.25, 0.2)
    unit = max(2, round(canvas.height * (0.0065 + 0.004 * part)))
    gap = max(1, unit // 2)
    share = float(canvas.random.uniform(0.18, 0.5))
    strip = float(canvas.random.random()) < 0.2
    for row in range(roof + unit, foot - unit, unit + gap + unit // 2):
        for column in range(left + gap, right - unit, unit + gap):
            if canvas.random.random() < share:
                shine = float(canvas.random.uniform(0.35, 1.0)) * (0.55 + 0.45 * part)
                tint = lights[1] if strip or canvas.random.random() < 0.06 else lights[0]
                canvas.rgb[row : row + unit, column : column + unit] = mixed(paint, tint, shine)
    if part > 0.5 and canvas.random.random() < 0.45:
        edge = right - max(1, unit // 2)
        canvas.rgb[roof:foot, edge:right] = mixed(paint, lights[1], 0.85)


def _wet_street(canvas: Canvas, street: float, middle: Colour, neon: Colour) -> None:
    bright = np.asarray(canvas.rgb.max(-1), np.float32)
    canvas.light(canvas.blurred(step(0.35, 0.95, bright), 0.02) * 0.4, mixed(neon, (1.0, 0.8, 0.6), 0.5))
    row = int(street * canvas.height)
    count = canvas.height - row
    distance = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    ripple = canvas.noise(34, 4, stretch=7)[row:] - 0.5
    source = row - 1 - np.arange(count)[:, None] * 1.7 + ripple * 46 * distance
    columns = np.arange(canvas.width)[None, :] + (ripple * 22 * distance).astype(int)
    mirrored = canvas.rgb[
        np.clip(source, 0, row - 1).astype(int), np.clip(columns, 0, canvas.width - 1)
    ]
    puddles = 0.35 + 0.65 * step(0.25, 0.7, canvas.noise(5, 4, stretch=4)[row:])
    ground = np.asarray(mixed(middle, (0.02, 0.02, 0.04), 0.8), np.float32)
    canvas.rgb[row:] = ground + mirrored * (0.8 - 0.35 * distance[..., None]) * puddles[..., None]
    canvas.depth[row:] = 0.5 + 0.5 * distance
    canvas.rgb[row - 1 : row + 2] *= 0.5
