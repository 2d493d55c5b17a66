"""What a client was told when it was made."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from legnext_widgets import environment
from legnext_widgets.client.api.auth import Secret, find_key
from legnext_widgets.client.api.urls import SERVICE_ORIGIN, is_web_link, origin_of
from legnext_widgets.client.session.identity import Identity
from legnext_widgets.client.session.store import ClipStore, JobStore

from .errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

BASE_URL_NAME = "LEGNEXT_BASE_URL"


@dataclass(frozen=True)
class ClientConfig:
    """The options of a client, looked up and checked.

    Attributes:
        speed: How many times faster than the real service the clock there runs; only the sandbox
            has another value than 1.
        sandbox: Whether the service is known to be the simulated one.
        owns_journal: Whether the memory was opened for this client and is closed with it.
        journal: The memory, or None for a client that remembers nothing.
        max_retries: Tries after the first one of what may be repeated.
    """

    key: Secret
    base_url: str = field(repr=False)  # there may be a login in it
    timeout: float
    max_concurrent: int
    budget_points: int | None
    journal: JobStore | None
    http_client: httpx.AsyncClient | None
    sandbox: bool = False
    speed: float = 1.0
    owns_journal: bool = False
    max_retries: int = 3

    def close_journal(self) -> None:
        """Closes the memory if it was opened for this client."""
        if self.owns_journal and isinstance(self.journal, ClipStore):
            self.journal.close()

    @cached_property
    def identity(self) -> Identity:
        """Whose jobs are made with these settings."""
        if self.sandbox:  # an embedded one has another address each time
            return Identity("sandbox", "", sandbox=True, speed=self.speed)
        return Identity(origin_of(self.base_url), self.key.fingerprint)

    def changed(self, options: Mapping[str, Any]) -> ClientConfig:
        """These settings with some options of the constructor changed.

        Raises:
            TypeError: There is no such option.
            ValueError: An option is outside its limits.
        """
        names = {"base_url", "timeout", "max_concurrent", "budget_points", "library", "http_client"}
        unknown = set(options) - names
        if unknown:
            raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
        given = {name: getattr(self, name) for name in names - {"library"}} | dict(options)
        library = given.pop("library", self.journal or False)
        checked = look_up(
            api_key=self.key, library=library, open_default_journal=lambda: None, **given
        )
        moved = checked.base_url != self.base_url
        return replace(
            checked,
            sandbox=self.sandbox and not moved,
            speed=1.0 if moved else self.speed,
            max_retries=self.max_retries,
        )


def look_up(
    *,
    api_key: Secret | None,
    base_url: str | None,
    timeout: float,
    max_concurrent: int,
    budget_points: int | None,
    library: JobStore | Literal[False] | None,
    http_client: httpx.AsyncClient | None,
    open_default_journal: Callable[[], JobStore | None],
    sandbox: bool = False,
    speed: float = 1.0,
) -> ClientConfig:
    """Checks a client's arguments and finds what was left open.

    Raises:
        MissingAPIKeyError: There is no key.
        TransportError: This is Python in a browser, which cannot reach the service.
        ValueError: An argument is outside its limits.
    """
    if timeout <= 0:
        raise ValueError("timeout must be more than 0 seconds")
    if max_concurrent < 1:
        raise ValueError("max_concurrent must be 1 or more")
    if budget_points is not None and budget_points < 0:
        raise ValueError("budget_points must be 0 or more")
    address = base_url or os.getenv(BASE_URL_NAME) or SERVICE_ORIGIN
    if not is_web_link(address) or "?" in address or "#" in address:
        raise ValueError("base_url must be an http:// or https:// address without ? and #")
    if library is not None and library is not False and not isinstance(library, JobStore):
        raise TypeError("library must be a Library, or False to remember nothing")
    key = find_key(api_key)
    if environment.in_pyodide() and http_client is None:
        raise TransportError(environment.CANNOT_CALL.format(origin=origin_of(address)))
    journal = None if library is False else (library or open_default_journal())
    return ClientConfig(
        key=key,
        base_url=address.rstrip("/"),
        timeout=timeout,
        max_concurrent=max_concurrent,
        budget_points=budget_points,
        journal=journal,
        http_client=http_client,
        sandbox=sandbox,
        speed=speed,
        owns_journal=library is None,
    )
