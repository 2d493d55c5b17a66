"""What the scenes are painted with: gradients, noise, glows, ridges and shapes on a canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Plane: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = tuple[float, float, float]
Points: TypeAlias = Sequence[tuple[float, float]]


def colour(code: str) -> Colour:
    """`"ff8040"` as three numbers from 0 to 1."""
    return int(code[:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:], 16) / 255


def mixed(first: Colour, second: Colour, part: float) -> Colour:
    """A colour on the way from the first to the second."""
    return (
        first[0] + (second[0] - first[0]) * part,
        first[1] + (second[1] - first[1]) * part,
        first[2] + (second[2] - first[2]) * part,
    )


class Canvas:
    """A picture being painted, and how near each part of it is (0 far, 1 near).

    Coordinates are in parts of the height: y from 0 (top) to 1, x from 0 to `aspect`.
    """

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        self.width, self.height, self.random = width, height, random
        self.aspect = width / height
        self.rgb: NDArray[np.float32] = np.zeros((height, width, 3), np.float32)
        self.depth: Plane = np.zeros((height, width), np.float32)
        self.y: Plane = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        self.x: Plane = np.linspace(0, self.aspect, width, dtype=np.float32)[None, :]

    def lay(self, mask: Plane | float, paint: Colour | NDArray[np.float32]) -> None:
        """Covers what is there, as far as the mask (0 to 1) says."""
        cover = self._cover(mask)
        self.rgb += (np.asarray(paint, np.float32) - self.rgb) * cover

    def light(self, mask: Plane | float, paint: Colour | NDArray[np.float32]) -> None:
        """Adds light; what is bright already takes less."""
        cover = self._cover(mask) * np.asarray(paint, np.float32)
        self.rgb += cover * (1 - np.clip(self.rgb, 0, 1))

    def shade(self, mask: Plane | float) -> None:
        """Darkens as far as the mask says."""
        self.rgb *= 1 - self._cover(mask)

    def near(self, mask: Plane | float, depth: Plane | float) -> None:
        """Says how near what the mask shows is."""
        self.depth += (np.asarray(depth, np.float32) - self.depth) * np.asarray(mask, np.float32)

    def _cover(self, mask: Plane | float) -> NDArray[np.float32]:
        plane = np.asarray(mask, np.float32)
        return plane if plane.ndim == 0 else np.broadcast_to(plane, self.depth.shape)[..., None]

    def gradient(self, stops: Sequence[tuple[float, Colour]]) -> NDArray[np.float32]:
        """Colours from top to bottom, each with its height."""
        heights = [height for height, _ in stops]
        parts = [np.interp(self.y[:, 0], heights, [c[i] for _, c in stops]) for i in range(3)]
        return np.stack(parts, -1).astype(np.float32)[:, None, :]

    def noise(
        self, scale: float, octaves: int = 4, stretch: float = 1.0, gain: float = 0.5
    ) -> Plane:
        """Clouds of noise, 0 to 1: `scale` cells over the height, each `stretch` times as wide."""
        total = np.zeros((self.height, self.width), np.float32)
        strength, weight = 1.0, 0.0
        for _ in range(octaves):
            rows = max(2, round(scale) + 2)
            columns = max(2, round(scale * self.aspect / stretch) + 2)
            cells = self.random.random((rows, columns), dtype=np.float32)
            total += strength * _enlarged(cells, self.width, self.height)
            weight += strength
            strength *= gain
            scale *= 2
            if scale > self.height:
                break
        total /= weight
        low, high = np.percentile(total[::8, ::8], (2, 98))
        return np.asarray(np.clip((total - low) / max(1e-6, high - low), 0, 1), np.float32)

    def relief(self, scale: float, octaves: int = 5) -> Plane:
        """Rough ground lit from the upper left, 0 (in shadow) to 1."""
        rough = self.noise(scale, octaves, gain=0.6)
        shift = max(1, self.height // 150)
        slope = rough - np.roll(rough, (-shift, -shift), (0, 1))
        spread = float(np.std(slope[::4, ::4])) or 1.0
        return np.asarray(np.clip(0.5 + slope / (4 * spread), 0, 1), np.float32)

    def glow(self, x: float, y: float, radius: float, power: float = 2.0) -> Plane:
        """Light around a point that is 1 there and fades over the radius."""
        distance = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2) / radius
        return np.asarray(1 / (1 + distance**power), np.float32)

    def disc(self, x: float, y: float, radius: float) -> Plane:
        """A round with a smooth edge."""
        distance = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2)
        return step(radius + 1 / self.height, radius - 1 / self.height, distance)

    def line(self, roughness: float, scale: float, octaves: int = 6) -> NDArray[np.float32]:
        """A rough line over the width, about -1 to 1, for ridges and shores."""
        total = np.zeros(self.width, np.float32)
        strength = 1.0
        place = self.x[0] / self.aspect
        for _ in range(octaves):
            count = max(3, round(scale * self.aspect) + 2)
            knots = self.random.uniform(-1, 1, count).astype(np.float32)
            total += strength * np.interp(place, np.linspace(0, 1, count), knots)
            strength *= roughness
            scale *= 2.1
        return np.asarray(total / np.abs(total).max(), np.float32)

    def below(self, line: NDArray[np.float32], soft: float = 0.0) -> Plane:
        """Everything under a line that has a height for each column."""
        edge = max(soft, 1.5 / self.height)
        return step(-edge / 2, edge / 2, self.y - line[None, :])

    def shape(self, *polygons: Points, soft: float = 0.0) -> Plane:
        """The inside of polygons, with smooth edges."""
        factor = 3
        sheet = Image.new("L", (self.width * factor, self.height * factor))
        pen = ImageDraw.Draw(sheet)
        for points in polygons:
            pen.polygon(
                [(x * self.height * factor, y * self.height * factor) for x, y in points], 255
            )
        sheet = sheet.resize((self.width, self.height), Image.Resampling.BOX)
        if soft:
            sheet = sheet.filter(ImageFilter.GaussianBlur(soft * self.height))
        return np.asarray(np.asarray(sheet, np.float32) / 255, np.float32)

    def blurred(self, plane: Plane, radius: float) -> Plane:
        """A plane made soft; the radius is in parts of the height."""
        small = max(1, int(radius * self.height / 3))
        width, height = max(2, self.width // small), max(2, self.height // small)
        sheet = Image.fromarray(plane).resize((width, height), Image.Resampling.BOX)
        sheet = sheet.resize((width, height), Image.Resampling.BICUBIC)
        return _enlarged(np.asarray(sheet, np.float32), self.width, self.height)

    def stars(self, count: int, lowest: float = 1.0) -> Plane:
        """Points of light, few of them large."""
        plane = np.zeros((self.height, self.width), np.float32)
        unit = max(1.0, self.height / 540)
        for _ in range(int(count * self.aspect)):
            x = self.random.random() * self.aspect * self.height
            y = self.random.random() ** 1.3 * lowest * self.height
            size = unit * (0.5 + 1.1 * self.random.random() ** 6)
            stamp(plane, x, y, size, float(0.25 + 0.75 * self.random.random() ** 3))
        return plane

    def picture(self) -> Image.Image:
        """What was painted, with the least dither that keeps gradients from banding."""
        dither = self.random.random(self.depth.shape, dtype=np.float32)[..., None] - 0.5
        values = np.clip(self.rgb, 0, 1) ** np.float32(0.96) * 255 + dither
        return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def step(low: float, high: float, plane: Plane) -> Plane:
    """0 up to `low`, 1 from `high` on, smooth between; the other way round when low > high."""
    part = np.clip((plane - low) / (high - low), 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


def stamp(plane: Plane, x: float, y: float, radius: float, strength: float) -> None:
    """Adds a soft dot; all in pixels."""
    reach = int(radius * 3) + 1
    left, right = max(0, int(x) - reach), min(plane.shape[1], int(x) + reach + 1)
    top, bottom = max(0, int(y) - reach), min(plane.shape[0], int(y) + reach + 1)
    if left >= right or top >= bottom:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None] - y
    columns = np.arange(left, right, dtype=np.float32)[None, :] - x
    plane[top:bottom, left:right] += strength * np.exp(-(rows**2 + columns**2) / (2 * radius**2))


def _enlarged(cells: Plane, width: int, height: int) -> Plane:
    sheet = Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(sheet, np.float32)
