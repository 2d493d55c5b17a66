"""What a person should know of the account: points left, what jobs take, what the library holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legnext_widgets.client.session.budget import USUAL_POINTS, Budget
from legnext_widgets.library import Library

from .localized import told

if TYPE_CHECKING:
    from legnext_widgets.client.api.models import Balance
    from legnext_widgets.client.session.store import JobStore


def account_facts(
    balance: Balance | None, budget: Budget, journal: JobStore | None, recalled: int
) -> dict[str, Any]:
    """The facts for the browser; never the account's id or key."""
    points = balance.available_points if balance else None
    limit = budget.limit
    return {
        "balance": points,
        "low": bool(balance and balance.low_balance_alert),
        "budget": None if limit is None else {"limit": limit, "spent": budget.spent},
        "costs": {kind: budget.cost(kind) for kind in USUAL_POINTS},
        "library": _library_facts(journal),
        "recalled": recalled,
    }


def _library_facts(journal: JobStore | None) -> dict[str, Any] | None:
    if not isinstance(journal, Library):
        return None
    return {
        "path": str(journal.path),
        "bytes": journal.size,
        "keeps": journal.keep_clips,
        "troubles": [told(trouble) for trouble in journal.problems],
    }
