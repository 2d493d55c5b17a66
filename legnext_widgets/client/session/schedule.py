"""An alias of `legnext_widgets.client.schedule`, for integrators who import it from the session."""

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
