"""All jobs of a class as CSV, safe to open in a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from .bodies import timestamp
from .job_text import prompt_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.gateway.store.models import Attempt

_COLUMNS = (
    *("created", "ended", "student", "kind", "state", "held", "spent"),
    *("prompt", "reason", "job_id", "service_job_id"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def table(attempts: Iterable[Attempt]) -> str:
    """Write jobs as CSV; the text of a cell is never taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for each in attempts:
        row = (
            *(timestamp(each.created_at), timestamp(each.ended_at) if each.ended_at else ""),
            *(each.name, each.kind, each.state, str(each.held), str(each.spent)),
            *(prompt_of(each), each.reason or "", each.id, each.upstream_id or ""),
        )
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()


def safe(cell: str) -> str:
    """Mark a text that a spreadsheet would take for a formula, as plain text."""
    plain = cell.replace("\0", "")
    return f"'{plain}" if plain.lstrip(" \u00a0").startswith(_FORMULA) else plain
