"""Import what a kernel with a studio imports; kernels that are forked from here need not."""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

OF_KERNELS = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "anyio._backends._asyncio",
    "anywidget",
    "filelock",
    "httpcore",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipywidgets",
    "psutil",
    "statistics",
    "tenacity",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)
"""Modules that Jupyter and our dependencies load late."""

OURS = ("client", "library", "sandbox", "widgets")
"""Our packages that notebooks use."""


def warm_up() -> None:
    """Import all of it, and leave it out of later garbage collections, which would copy it."""
    for name in OF_KERNELS:
        import_module(name)
    for name in OURS:
        package = import_module(f"legnext_widgets.{name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    gc.collect()
    gc.freeze()


warm_up()
