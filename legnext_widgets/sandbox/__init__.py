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

from typing import TYPE_CHECKING

from legnext_widgets.lazy_names import lazy_names

if TYPE_CHECKING:
    from .faults.faults import FAULT_KINDS, Fault, Faults
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

# A studio shows the example pictures without the simulation.
__getattr__ = lazy_names(
    __name__,
    {
        "faults.faults": ["FAULT_KINDS", "Fault", "Faults"],
        "faults.hooks": ["Call", "Hook", "Stage"],
        "sandbox": ["Sandbox"],
        "serve": ["serve"],
        "simulation.clock": ["ManualClock"],
    },
)
