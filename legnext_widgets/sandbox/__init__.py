"""A simulated Legnext: the same HTTP API with real clips, for learning, demos and tests.

from legnext_widgets.sandbox import Sandbox

with Sandbox(speed=60).start() as sandbox:
    ...  # any HTTP client, at sandbox.base_url, with any key
"""

from .command import serve
from .faults import KINDS as FAULT_KINDS
from .faults import Fault, Faults
from .service import Sandbox

__all__ = ["FAULT_KINDS", "Fault", "Faults", "Sandbox", "serve"]
