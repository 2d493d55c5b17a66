"""File locks. In a browser there are only soft ones, which do for the one process there is."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # Said on import where a system has no locks, which nobody in a browser can change.
    warnings.filterwarnings("ignore", "only soft file lock is available", UserWarning)
    from filelock import FileLock, Timeout

__all__ = ["FileLock", "Timeout"]
