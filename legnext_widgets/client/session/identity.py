"""Identify the owner of jobs: the service, the account, and whether it is a sandbox."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from legnext_widgets.client.api.responses import sandbox_speed
from legnext_widgets.client.errors import LegnextError, TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from legnext_widgets.client.api.models.balance import Balance
    from legnext_widgets.client.api.transport import Transport

    from .retry import RetryPolicy

_log = logging.getLogger("legnext_widgets")

KNOWN_ACCOUNT = "account-"
"""What the name of an account begins with that the service itself gave, and no fingerprint does."""

_PATIENCE = 10.0
"""Seconds for finding out about the account; nothing waits for it."""


@dataclass(frozen=True)
class Identity:
    """One service and one account of it.

    Attributes:
        origin: Origin of the service, such as `https://api.legnext.ai`; `sandbox` for the embedded
            one, whose address differs each time.
        account: One-way mark of the account's id at the service where it is known, else of the API
            key, never the key; empty for the embedded sandbox.
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

    @property
    def account_known(self) -> bool:
        """Whether the account is one that the service gave, and not a key's fingerprint."""
        return self.value.account.startswith(KNOWN_ACCOUNT)

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

    def learn_account(self, account: str) -> None:
        """Correct the account by what the service says."""
        before = self.value
        if before.account != account:
            after = self._known["now"] = replace(before, account=account)
            for callback in self._on_change:
                callback(after)

    def on_change(self, callback: Callable[[Identity], object]) -> None:
        """Call `callback` with the new identity whenever a response corrects it."""
        self._on_change.append(callback)


@runtime_checkable
class AccountStore(Protocol):
    """A job store that knows which keys are of one account."""

    def account_of(self, identity: Identity) -> str:
        """Return the account of an identity: the service's where an earlier session learned it."""

    def foreign_jobs(self, identity: Identity) -> Sequence[str]:
        """List running jobs of other keys, whose account was never asked for."""

    async def join_account(self, identity: Identity, account: str) -> None:
        """Store which account of the service an identity is; jobs of its other keys join it."""

    async def adopt(self, identity: Identity, job_id: str) -> None:
        """Store that the service shows a job to this account, and so all jobs of its key."""


def with_known_account(identity: Identity, store: object) -> Identity:
    """Return an identity with the account that an earlier session learned, if it is stored."""
    if not isinstance(store, AccountStore):
        return identity
    try:
        return replace(identity, account=store.account_of(identity))
    except Exception as error:  # of a user's own store
        _log.warning("The store could not be asked for the account: %r", error)
        return identity


class AccountFinder:
    """Find out which account of the service a key belongs to, beside the work and never in its way.

    A person may have several keys, one after the other or at once, and the library shall know all
    jobs of the account by each of them. The service gives an account's id with the balance. That is
    asked for once; the store remembers it for the key's fingerprint.

    Args:
        transport: Asks the service.
        identity: Whose account it is.
        store: Where accounts are remembered; one that remembers none is not used.
        on_found: Awaited when the account may have got jobs of other keys.
        retry: How often the service is asked again.

    Attributes:
        identity: Corrected by what is found.
    """

    def __init__(
        self,
        transport: Transport,
        identity: CurrentIdentity,
        store: object,
        on_found: Callable[[], Awaitable[object]],
        retry: RetryPolicy,
    ) -> None:
        self.retry = retry
        self._transport = transport
        self.identity = identity
        self._store = store if isinstance(store, AccountStore) else None
        self._on_found = on_found
        self._finding: asyncio.Task[None] | None = None
        self._error: LegnextError | None = None

    @property
    def needed(self) -> bool:
        """Whether the account is to be found out: there is a store for it, and it is not known."""
        return self._store is not None and not self.identity.account_known

    def begin(self, *, look_for_jobs: bool = False) -> None:
        """Begin to find out in the background, unless all is known; on the client's loop.

        Args:
            look_for_jobs: Whether running jobs of other keys are looked for, too.
        """
        if not (self.needed or (look_for_jobs and self._store is not None)):
            return
        if self._finding is None or self._finding.done():
            self._finding = asyncio.get_running_loop().create_task(self._find(look_for_jobs))

    async def find_out(self) -> LegnextError | None:
        """Find out now, before anything is decided by the account.

        Returns:
            Why the service could not be asked. None when it was: then the account is known, unless
            the service gives none.
        """
        self.begin()
        if self._finding is not None:
            await asyncio.wait([self._finding])
        return self._error if self.needed else None

    async def learn(self, balance: Balance) -> None:
        """Take in the account's id that stands in a balance; never raise.

        A balance is what the caller asked for. An error of the store must not take its place.
        """
        try:
            await self._learn(balance)
        except Exception as error:  # of a user's own store
            _log.warning("The store could not record the account: %r", error)

    async def _learn(self, balance: Balance) -> None:
        given = balance.account_id
        if (
            self._store is None
            or given is None
            or isinstance(given, bool | dict | list)
            or not str(given).strip()
        ):
            return
        before = self.identity.value
        account = mark_of(before.origin, str(given).strip())
        if before.account != account:
            await self._store.join_account(before, account)
            self.identity.learn_account(account)
            await self._on_found()

    async def aclose(self) -> None:
        """Stop."""
        if self._finding is not None:
            self._finding.cancel()
            await asyncio.gather(self._finding, return_exceptions=True)

    async def _find(self, look_for_jobs: bool) -> None:  # noqa: FBT001
        self._error = None
        try:
            async with asyncio.timeout(_PATIENCE):
                if not self.identity.account_known:
                    await self.learn(await self.retry.run(self._transport.get_balance))
                if look_for_jobs:
                    await self._find_jobs()
        except LegnextError as error:  # the fingerprint stands for now
            self._error = error
        except TimeoutError:
            self._error = TransportError(f"The service gave no answer within {_PATIENCE:g} s.")
        except Exception as error:  # of a user's own store
            _log.warning("The store could not be asked for jobs of other keys: %r", error)

    async def _find_jobs(self) -> None:
        identity = self.identity.value
        foreign = set(self._store.foreign_jobs(identity)) if self._store else None
        if self._store is None or not foreign:
            return
        shown = {task.job_id for task in await self._transport.get_active_tasks()} & foreign
        for job_id in shown:
            await self._store.adopt(identity, job_id)
        if shown:
            await self._on_found()


def mark_of(origin: str, account_id: str) -> str:
    """Make the one-way mark of an account's id at a service."""
    return KNOWN_ACCOUNT + hashlib.sha256(f"{origin} {account_id}".encode()).hexdigest()[:16]
