"""A simulated Legnext service: the same HTTP API with real clips, for learning, demos and tests.

Example:
    with Sandbox(speed=60).start() as sandbox:
        ...  # any HTTP client, at sandbox.base_url, with any key

A test that must not wait gives the sandbox a clock of its own:

    clock = ManualClock()
    with Sandbox(clock=clock, packaged=True) as sandbox:
        ...  # submit a job through sandbox.transport()
        clock.advance(400)  # the job is completed
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .faults.faults import KINDS as FAULT_KINDS
    from .faults.faults import Fault, Faults
    from .faults.hooks import Call, Hook, Stage
    from .sandbox import Sandbox
    from .serve import serve
    from .simulation.clock import ManualClock

__all__ = [
    "FAULT_KINDS",
    "Call",
    "Fault",
    "Faults",
    "Hook",
    "ManualClock",
    "Sandbox",
    "Stage",
    "serve",
]

_HOMES = {
    "FAULT_KINDS": "faults.faults",
    "Call": "faults.hooks",
    "Fault": "faults.faults",
    "Faults": "faults.faults",
    "Hook": "faults.hooks",
    "ManualClock": "simulation.clock",
    "Sandbox": "sandbox",
    "Stage": "faults.hooks",
    "serve": "serve",
}


def __getattr__(name: str) -> object:
    # Loaded when first used: a studio shows the example pictures without the simulation.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f".{_HOMES[name]}", __name__)
    value: object = getattr(home, "KINDS" if name == "FAULT_KINDS" else name)
    globals()[name] = value
    return value
