"""Scenes with what people made: balloons, a city at night."""

from __future__ import annotations

import numpy as np

from .paint import Canvas, Colour, colour, mixed, step

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
        mist = (
            mask
            * step(0.13, 0.0, np.abs(canvas.y - line[None, :] - 0.1))
            * canvas.noise(3, 4, stretch=4)
        )
        canvas.lay(mist * 0.6 * (1.1 - part), mixed(low, (1, 1, 1), 0.35))
    spots = [
        (0.18, 0.34),
        (0.13, 0.62),
        (0.085, 0.2),
        (0.06, 0.8),
        (0.045, 0.48),
        (0.035, 0.09),
        (0.03, 0.7),
    ]
    flip = bool(canvas.random.random() < 0.5)
    for size, place in reversed(spots):
        x = canvas.aspect * (1 - place if flip else place) + float(canvas.random.normal(0, 0.03))
        y = 0.30 + float(canvas.random.uniform(-0.12, 0.12)) + (0.14 - size) * 0.9
        _balloon(canvas, x, y, size, low, sun_x)


def _balloon(canvas: Canvas, x: float, y: float, size: float, haze: Colour, sun_x: float) -> None:
    across, up = (canvas.x - x) / size, (canvas.y - y) / size
    lower = np.clip(1 - (np.clip(up, 0, None) / 1.45) ** 1.9, 0, 1)
    wide = np.where(up < 0, np.sqrt(np.clip(1 - up**2, 0, 1)), lower)
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
    basket = [
        (x - half, top),
        (x + half, top),
        (x + half * 0.85, top + half * 1.6),
        (x - half * 0.85, top + half * 1.6),
    ]
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
        canvas.light(
            step(0.45, street, canvas.y)
            * step(street + 0.01, street, canvas.y)
            * 0.13
            * (1 - part),
            low,
        )
    _wet_street(canvas, street, middle, neon)


def _towers(
    canvas: Canvas, street: float, part: float, paint: Colour, lights: tuple[Colour, Colour]
) -> None:
    x = -0.03
    while x < canvas.aspect:
        width = float(canvas.random.uniform(0.06, 0.13)) * (0.7 + 0.5 * part)
        middle = 1 - abs((x + width / 2) / canvas.aspect - 0.5) * 1.2
        height = (0.16 + 0.46 * middle * float(canvas.random.random()) ** 0.8) * (
            1.08 - 0.42 * part
        )
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
        canvas.rgb[
            max(0, roof - canvas.height // 18) : roof, mast : mast + max(1, canvas.height // 400)
        ] = paint
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
    canvas.light(
        canvas.blurred(step(0.35, 0.95, bright), 0.02) * 0.4, mixed(neon, (1.0, 0.8, 0.6), 0.5)
    )
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
