"""Keeps an entered key out of Jupyter's own logs, which at level DEBUG hold every message."""

from __future__ import annotations

import logging

# The first logs what comes in for a widget, the second what comes in for the kernel.
_LOGGERS = ("Comm", "IPKernelApp")


def keep_keys_out() -> None:
    """From now on, no message that carries a key is logged in this process."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_carries_no_key)


def _carries_no_key(record: logging.LogRecord) -> bool:
    # Not the message made of both: making it raises for a record that is not well formed.
    return "save_key" not in f"{record.msg} {record.args}"
