"""Identify the owner of jobs: the service, the account, and whether it is a sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from legnext_widgets.client.api.responses import sandbox_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Identity:
    """One service and one account of it.

    Attributes:
        origin: Origin of the service, such as `https://api.legnext.ai`; `sandbox` for the embedded
            one, whose address differs each time.
        account: One-way fingerprint of the API key, never the key; empty for the embedded sandbox.
        sandbox: Whether the service is a simulated one.
        speed: How many times faster than the real service it runs. It belongs to no comparison: the
            same account at another speed is the same account.
    """

    origin: str
    account: str
    sandbox: bool = False
    speed: float = field(default=1.0, compare=False)


class CurrentIdentity:
    """The identity of one service: what is configured, until a response corrects it.

    A sandbox at an address like any other is only recognised by a header of its responses. Every
    response is looked at, so the identity is right before the first job of it is stored.

    Args:
        configured: Gives the identity as configured; called once, when it is first needed.
    """

    def __init__(self, configured: Callable[[], Identity]) -> None:
        self._configured = configured
        self._known: dict[str, Identity] = {}
        self._on_change: list[Callable[[Identity], object]] = []

    @property
    def value(self) -> Identity:
        """The identity as known now."""
        # Any thread may be the first to ask; it must not undo what a response has corrected since.
        known = self._known.get("now")
        return known or self._known.setdefault("now", self._configured())

    def learn(self, headers: Mapping[str, str]) -> None:
        """Correct the identity by the headers of a response (names in lower case)."""
        speed = sandbox_speed(headers)
        if speed is None:
            return
        before = self.value
        if before.sandbox and before.speed == speed:
            return
        after = self._known["now"] = replace(before, sandbox=True, speed=speed)
        for callback in self._on_change:
            callback(after)

    def on_change(self, callback: Callable[[Identity], object]) -> None:
        """Call `callback` with the new identity whenever a response corrects it."""
        self._on_change.append(callback)
