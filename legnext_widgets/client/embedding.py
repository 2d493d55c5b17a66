"""A client of the sandbox inside this process: which option belongs to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import ports
from .keys import Secret
from .settings import Settings, look_up

_OF_THE_CLIENT = ("timeout", "max_concurrent", "budget_points", "library")


def embedded_settings(
    *, speed: float, options: Mapping[str, Any]
) -> tuple[ports.EmbeddedService, Settings]:
    """Starts an embedded sandbox and gives the settings of a client of it.

    Its jobs live no longer than this process, so they are remembered only where `library` is given;
    with `owns_library` that is closed with the client.
    """
    owns_library = bool(options.get("owns_library"))
    options = {name: value for name, value in options.items() if name != "owns_library"}
    for_client = {name: value for name, value in options.items() if name in _OF_THE_CLIENT}
    for_sandbox = {name: value for name, value in options.items() if name not in _OF_THE_CLIENT}
    embedded = ports.start_sandbox(speed=speed, **for_sandbox)
    defaults = {"timeout": 30.0, "max_concurrent": 6, "budget_points": None, "library": None}
    try:
        settings = look_up(
            **(defaults | for_client),
            api_key=Secret("sandbox"),
            base_url=embedded.base_url,
            http_client=embedded.http_client(),
            open_default_journal=lambda: None,
            sandbox=True,
            speed=embedded.speed,
        )
    except BaseException:
        embedded.close()
        raise
    return embedded, replace(settings, owns_journal=owns_library)
