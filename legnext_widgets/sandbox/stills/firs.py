"""Firs, which stand in several scenes."""

from __future__ import annotations


def pine(x: float, foot: float, height: float) -> list[tuple[float, float]]:
    """The outline of a fir."""
    left, right = [], []
    for tier in range(6):
        part = tier / 6
        half = height * 0.22 * (1.05 - part)
        level = foot - height * (0.1 + 0.86 * part)
        left += [(x - half, level), (x - half * 0.45, level - height * 0.11)]
        right += [(x + half, level), (x + half * 0.45, level - height * 0.11)]
    return [
        (x - height * 0.02, foot),
        *left,
        (x, foot - height),
        *reversed(right),
        (x + height * 0.02, foot),
    ]
