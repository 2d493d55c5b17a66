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
