"""Provide what a client uses when it is given nothing: the default library, the embedded sandbox.

The client's layer knows neither the library nor the sandbox. Their imports stand here alone, inside
functions, so that the client loads them only when they are used.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from legnext_widgets.client.api.auth import Secret
from legnext_widgets.client.api.validation import require_known
from legnext_widgets.client.session.identity import Identity

from .config import (
    DEFAULT_MAX_CONCURRENT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    ClientConfig,
    SandboxOptions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from legnext_widgets.client.session.store import JobStore

_FOR_THE_CLIENT = frozenset(
    {
        *("timeout", "max_concurrent", "max_retries", "budget_points", "progress"),
        *("library", "owns_library", "reuse", "uploader"),
    }
)

_UNLISTED = frozenset({"carried", "clock", "owns_library"})
"""Options for tests and for the studio."""


def open_default_library() -> JobStore:
    """Open the library in its default folder."""
    from legnext_widgets.library import Library

    return Library()


class EmbeddedSandbox:
    """A sandbox for one client: on a loopback socket where possible, else inside the process.

    Args:
        speed: How many times faster than real time.
        options: Further arguments of `legnext_widgets.sandbox.Sandbox`.
    """

    def __init__(self, speed: float, options: Mapping[str, Any]) -> None:
        from legnext_widgets.sandbox import Sandbox

        self.sandbox = Sandbox(speed, **options)
        self.speed: float = self.sandbox.speed
        self._on_a_socket = self.sandbox.can_serve
        if self._on_a_socket:
            # A studio is shown first: requests wait until the server answers.
            self.sandbox.start(wait=False)

    @property
    def base_url(self) -> str:
        """Its origin."""
        return str(self.sandbox.base_url)

    @property
    def note(self) -> str | None:
        """A sentence about how it works here, or None."""
        return self.sandbox.note

    @property
    def examples(self) -> list[dict[str, str]]:
        """Example pictures, each with `title` and `url`, which every sandbox knows."""
        return [{"title": title, "url": url} for title, url in self.sandbox.sample_links]

    def http_client(self) -> httpx.AsyncClient | None:
        """Return the HTTP client that reaches it, or None when an ordinary one does."""
        if self._on_a_socket:
            return None
        import httpx

        return httpx.AsyncClient(transport=self.sandbox.transport())

    def close(self) -> None:
        """End it."""
        self.sandbox.close()


def embedded_config(
    *, speed: float, **options: Unpack[SandboxOptions]
) -> tuple[EmbeddedSandbox, ClientConfig]:
    """Start an embedded sandbox and make the configuration of a client of it.

    Its jobs live no longer than this process, so they are recorded only where `library` is given,
    or in the default one for `reuse`.
    It adopts the sandbox jobs of its library.

    Raises:
        TypeError: There is no such option.
        ValueError: An option is outside its limits.
    """
    known = {"speed", *SandboxOptions.__annotations__}
    require_known("sandbox", options, known, unlisted=_UNLISTED)
    for_the_sandbox = {
        name: value for name, value in options.items() if name not in _FOR_THE_CLIENT
    }
    reuse = options.get("reuse", False)
    embedded = EmbeddedSandbox(speed, for_the_sandbox)
    try:
        config = ClientConfig.resolve(
            api_key=Secret("sandbox"),
            base_url=embedded.base_url,
            timeout=options.get("timeout", DEFAULT_TIMEOUT),
            max_concurrent=options.get("max_concurrent", DEFAULT_MAX_CONCURRENT),
            max_retries=options.get("max_retries", DEFAULT_MAX_RETRIES),
            budget_points=options.get("budget_points"),
            library=options.get("library"),
            uploader=options.get("uploader"),
            progress=options.get("progress"),
            http_client=embedded.http_client(),
            reuse=reuse,
            open_default_library=open_default_library if reuse else lambda: None,
            # Its address differs each time, and its jobs are listed together in the library.
            embedded_identity=Identity("sandbox", "", sandbox=True, speed=embedded.speed),
        )
    except BaseException:
        embedded.close()
        raise
    if config.store is not None:
        embedded.sandbox.adopt(config.store.record)
    owns = options.get("owns_library", bool(reuse) and options.get("library") is None)
    return embedded, replace(config, owns_store=owns)
