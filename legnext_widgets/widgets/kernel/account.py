"""Report the account to the browser: points left, prices, the library."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from legnext_widgets import library
from legnext_widgets.client.api.clock import clock_message
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.session.submission.budget import USUAL_POINTS, Budget

from .protocol.localized import localize

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.api.models import Balance
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.store import JobStore

    from .protocol import traits

_log = logging.getLogger("legnext_widgets")


class AccountReport:
    """What a studio knows of the account of one client.

    Args:
        client: The client.
        restored: Jobs of earlier sessions that were still running when the studio opened.
        on_change: Called when there is a new balance, on the client's loop; must return at once.
    """

    def __init__(self, client: Client, restored: int, on_change: Callable[[], object]) -> None:
        self._client = client
        self._restored = restored
        self._on_change = on_change
        self._balance: Balance | None = None

    def ask_balance(self) -> None:
        """Ask the service for the balance; returns at once."""
        self._client.runtime.start(self._ask())

    def facts(self) -> traits.Account:
        """What the browser shows. It reads the library."""
        session, store = self._client.session, self._client.config.store
        jobs = 0
        if isinstance(store, library.Library):
            jobs = store.count(library.Filter(identity=session.identity, hidden=False))
        facts = account_facts(self._balance, session.budget, store, self._restored, jobs)
        clock = session.clock
        if clock.large and facts["library"] is not None:
            # The times of the jobs in the library are compared with this machine's.
            facts["library"]["problems"].insert(0, localize(clock_message(clock.skew)))
        return facts

    async def _ask(self) -> None:
        try:
            self._balance = await self._client.session.balance()
        except LegnextError as error:
            _log.info("The balance could not be fetched: %s", error)
        self._on_change()


def account_facts(
    balance: Balance | None, budget: Budget, store: JobStore | None, restored: int, jobs: int = 0
) -> traits.Account:
    """The account for the browser; never its id or key."""
    limit = budget.limit
    return {
        "balance": balance.available_points if balance else None,
        "low": bool(balance and balance.low_balance_alert),
        "budget": None if limit is None else {"limit": limit, "spent": budget.spent},
        "costs": {kind: budget.cost(kind) for kind in USUAL_POINTS},
        "library": _library_facts(store, jobs),
        "recalled": restored,
    }


def _library_facts(store: JobStore | None, jobs: int) -> traits.Library | None:
    if not isinstance(store, library.Library):
        return None
    return {
        "path": str(store.path),
        "bytes": store.size,
        "jobs": jobs,
        "keeps": store.keep_clips,
        "problems": [localize(problem) for problem in store.problems],
    }
