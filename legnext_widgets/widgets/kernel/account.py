"""Report the account to the browser: points left, prices, the library."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from legnext_widgets import library
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.session.submission.budget import USUAL_POINTS, Budget

from .protocol.localized import localize

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.api.models.balance import Balance
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.classroom.gateway_models import ClassInfo
    from legnext_widgets.client.session.store import Identity, JobStore

    from .protocol import traits

    class Later(Protocol):
        """Calls a function some seconds later."""

        def __call__(self, work: Callable[[], object], *, after: float) -> None:
            """Take the function; returns at once."""


_log = logging.getLogger("legnext_widgets")

_CLASS_SECONDS = 2.0
"""Between a change and the question about the class: its line may move many times a minute."""

_IDLE_SECONDS = 30.0
"""Between two questions about the class while none of the student's own jobs change."""


class AccountReport:
    """What a studio knows of the account of one client.

    Args:
        client: The client.
        restored: Jobs of earlier sessions that were still running when the studio opened.
        on_change: Called when there is a new balance, on the client's loop; must return at once.
        later: Calls a function after some seconds, as long as the studio is open.
    """

    def __init__(
        self, client: Client, restored: int, on_change: Callable[[], object], later: Later
    ) -> None:
        self._client = client
        self._restored = restored
        self._on_change = on_change
        self._balance: Balance | None = None
        self._class: ClassInfo | None = None
        self._class_due = self._idle_due = False
        self._later = later

    def ask_balance(self) -> None:
        """Ask the service for the balance; returns at once."""
        self._client.runtime.start(self._ask())

    def ask_class(self) -> None:
        """Ask a gateway for the state of the class soon; returns at once."""
        if self._client.session.transport.at_gateway and not self._class_due:
            self._class_due = True
            self._client.runtime.start(self._ask_class())

    def _ask_when_idle(self) -> None:
        self._idle_due = False
        if not self._client.runtime.closed:
            self.ask_class()

    def facts(self) -> traits.Account:
        """What the browser shows. It reads the library."""
        session, store = self._client.session, self._client.config.store
        facts = account_facts(
            self._balance, session.budget, _library_facts(store, session.identity), self._restored
        )
        facts["classroom"] = _class_facts(self._class)
        clock = session.clock
        if clock.large and facts["library"] is not None:
            from legnext_widgets.client.api.clock import clock_message

            # The times of the jobs in the library are compared with this machine's.
            facts["library"]["problems"].insert(0, localize(clock_message(clock.skew)))
        return facts

    async def _ask(self) -> None:
        try:
            self._balance = await self._client.session.balance()
        except LegnextError as error:
            _log.info("The balance could not be fetched: %s", error)
        await self._learn_class()
        self._on_change()

    async def _ask_class(self) -> None:
        await asyncio.sleep(_CLASS_SECONDS)
        self._class_due = False  # what changes from now on is a reason to ask again
        await self._learn_class()
        self._on_change()

    async def _learn_class(self) -> None:
        transport = self._client.session.transport
        if not transport.at_gateway:
            return
        from legnext_widgets.client.session.classroom.gateway_models import parse_class

        try:
            self._class = parse_class(await transport.get("/gateway/me"))
        except LegnextError as error:
            _log.info("The state of the class could not be fetched: %s", error)
        if not self._idle_due:
            self._idle_due = True
            self._later(self._ask_when_idle, after=_IDLE_SECONDS)


def account_facts(
    balance: Balance | None, budget: Budget, store: traits.Library | None, restored: int
) -> traits.Account:
    """The account for the browser; never its id or key."""
    limit = budget.limit
    return {
        "balance": balance.available_points if balance else None,
        "low": bool(balance and balance.low_balance_alert),
        "budget": None if limit is None else {"limit": limit, "spent": budget.spent},
        "costs": {kind: budget.cost(kind) for kind in USUAL_POINTS},
        "library": store,
        "recalled": restored,
        "classroom": None,
    }


def _class_facts(found: ClassInfo | None) -> traits.Classroom | None:
    if found is None:
        return None
    return {
        "stopped": found.stopped,
        "blocked": found.blocked,
        "held_up": found.reason is not None and not found.stopped,
        "running": found.running,
        "waiting": found.waiting,
    }


def _library_facts(store: JobStore | None, identity: Identity) -> traits.Library | None:
    if not isinstance(store, library.Library):
        return None
    mine = library.Filter(identity=identity, hidden=False)
    return {
        "path": str(store.path),
        "bytes": store.size,
        "jobs": store.count(mine),
        "shown": store.count(replace(mine, with_media=True)),
        "keeps": store.keep_clips,
        "problems": [localize(problem) for problem in store.problems],
    }
