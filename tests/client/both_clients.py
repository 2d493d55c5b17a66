"""Run one set of tests over both clients: the awaiting one is driven from a loop in a thread."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import httpx

import legnext_widgets as lw
from legnext_widgets.client.handles.async_jobs import AsyncJob, AsyncVideo
from legnext_widgets.client.schedule import Pace
from legnext_widgets.client.session.identity import CurrentIdentity, Identity
from legnext_widgets.client.session.polling.poller import Poller
from legnext_widgets.client.session.receiver import Receiver
from legnext_widgets.client.session.retry import RetryPolicy
from legnext_widgets.client.session.submission.budget import Budget

QUICK_PACE = Pace(
    first=0.02, shortest=0.02, longest=0.02, longest_failing=0.02, per_second=500, clock_check=0.5
)
QUICK_RETRY = RetryPolicy(first=0.01, longest=0.01)

AnyClient = TypeVar("AnyClient", lw.Client, lw.AsyncClient)


def quick(client: AnyClient) -> AnyClient:
    """Let a client wait hardly at all; the usual waits are tested where they are decided."""
    client.session.tune(pace=QUICK_PACE, retry=QUICK_RETRY)
    return client


def poller_of(fetch: Callable[[str], Any], *, speed: float = 1.0, **options: Any) -> Poller:
    """Make a poller of a service that is one function."""
    identity = CurrentIdentity(lambda: Identity("service", "account", speed > 1, speed))
    receiver = Receiver(identity, Budget(None), None)
    return Poller(fetch, receiver, identity, lambda _: (), **options)


class Clock:
    """The time of a poller; it moves only when a test advances it."""

    def __init__(self) -> None:
        self.steady = 1000.0
        self.wall = 1_700_000_000.0

    def monotonic(self) -> float:
        return self.steady

    def time(self) -> float:
        return self.wall

    def advance(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += seconds


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, call: Callable[..., Any], *args: Any, **named: Any) -> Any:
        async def made() -> Any:
            result = call(*args, **named)
            return await result if inspect.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(made(), self.loop).result(60)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


class Blocking:
    """An object of the awaiting client whose methods block."""

    def __init__(self, inner: Any, loop: Loop) -> None:
        self.__dict__.update(inner=inner, loop=loop)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.inner, name)
        if not callable(value):
            return self._shown(value)

        def call(*args: Any, **named: Any) -> Any:
            plain = [arg.inner if isinstance(arg, Blocking) else arg for arg in args]
            return self._shown(self.loop.run(value, *plain, **named))

        return call

    def __eq__(self, other: object) -> bool:
        return bool(self.inner == (other.inner if isinstance(other, Blocking) else other))

    def __hash__(self) -> int:
        return hash(self.inner)

    def __repr__(self) -> str:
        return repr(self.inner)

    def _shown(self, value: Any) -> Any:
        if isinstance(value, AsyncJob | AsyncVideo | lw.AsyncClient):
            return Blocking(value, self.loop)
        if isinstance(value, list):
            return [self._shown(item) for item in value]
        return value


class SyncDriver:
    """Make blocking clients."""

    name = "Client"

    def __init__(self) -> None:
        self._made: list[lw.Client] = []
        self._given: list[tuple[httpx.AsyncClient, Any]] = []

    def client(self, *args: Any, **options: Any) -> Any:
        made = self.adopt(lw.Client(*args, **options))
        if (http := options.get("http_client")) is not None:
            self._given.append((http, made))
        return made

    def sandbox(self, **options: Any) -> Any:
        return self.adopt(lw.Client.sandbox(**options))

    def adopt(self, client: lw.Client) -> Any:
        self._made.append(quick(client))
        return self._made[-1]

    def close_client(self, client: Any) -> None:
        client.close()

    def close_http(self, http: httpx.AsyncClient, client: Any) -> None:
        """Close a user's own HTTP client on the loop on which it was used."""
        client.runtime.run(http.aclose())

    def run(self, client: Any, coroutine: Any) -> Any:
        """Run a coroutine of the client's session."""
        return client.runtime.run(coroutine)

    def awaited(self, job: Any) -> Any:
        async def wait() -> Any:
            return await job

        return asyncio.run(wait())

    def close(self) -> None:
        for http, client in self._given:  # which no client closes
            with suppress(lw.LegnextError):  # the test has closed the client
                self.close_http(http, client)
        for client in self._made:
            client.close()


class AsyncDriver:
    """Make awaiting clients that look like blocking ones."""

    name = "AsyncClient"

    def __init__(self) -> None:
        self.loop = Loop()
        self._made: list[Blocking] = []
        self._given: list[httpx.AsyncClient] = []

    def client(self, *args: Any, **options: Any) -> Any:
        made = self.adopt(lw.AsyncClient(*args, **options))
        if (http := options.get("http_client")) is not None:
            self._given.append(http)
        return made

    def sandbox(self, **options: Any) -> Any:
        return self.adopt(lw.AsyncClient.sandbox(**options))

    def adopt(self, client: lw.AsyncClient) -> Any:
        self._made.append(Blocking(quick(client), self.loop))
        return self._made[-1]

    def close_client(self, client: Any) -> None:
        client.aclose()

    def close_http(self, http: httpx.AsyncClient, client: Any) -> None:
        self.loop.run(http.aclose)

    def run(self, client: Any, coroutine: Any) -> Any:
        return self.loop.run(lambda: coroutine)

    def awaited(self, job: Any) -> Any:
        async def wait() -> Any:
            return await job.inner

        return Blocking(self.loop.run(wait), self.loop)

    def close(self) -> None:
        for http in self._given:
            self.loop.run(http.aclose)
        for client in self._made:
            client.aclose()
        self.loop.close()


Driver = SyncDriver | AsyncDriver
