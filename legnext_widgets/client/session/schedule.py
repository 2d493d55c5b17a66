"""The schedule of polls, where integrators find it: see `legnext_widgets.client.schedule`."""

from __future__ import annotations

from legnext_widgets.client.schedule import (
    DEFAULT_PACE,
    Expectation,
    Pace,
    expectation,
    expected_remaining,
    next_delay,
)

__all__ = [
    "DEFAULT_PACE",
    "Expectation",
    "Pace",
    "expectation",
    "expected_remaining",
    "next_delay",
]
