"""Collect tables during the tests, and print them in the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

_faults: dict[str, dict[str, tuple[str, str]]] = {}
_figures: dict[str, list[str]] = {}
_situations: dict[str, tuple[str, ...]] = {}

UNTIDY = "an untidy world: what the person sees, and what it costs"
"""Title of the table of situations."""


def note_fault(fault: str, caller: str, posts: str, outcome: str) -> None:
    """Record the result of a fault, for one way to submit."""
    _faults.setdefault(fault, {})[caller] = (posts, outcome)


def note_figures(title: str, lines: Sequence[str]) -> None:
    """Record a table, line by line as it is printed."""
    _figures[title] = list(lines)


def note_situation(
    situation: str, *, sees: str, requests: int | str, at_risk: int | str, whole: bool | None
) -> None:
    """Add a row to the table of situations; any test may.

    Args:
        situation: What goes wrong, in a few words; it identifies the row.
        sees: The words that the person gets.
        requests: Requests that were sent, or what stands for their number.
        at_risk: Points that may be lost or spent twice.
        whole: Whether the clip is whole in the end; None where the situation is about none.
    """
    clip = {True: "yes", False: "no", None: "-"}[whole]
    _situations[situation] = (situation, sees, str(requests), str(at_risk), clip)


def rows() -> dict[str, dict[str, Any]]:
    """Return what this process recorded, for `add_rows` in the process that prints it."""
    return {"faults": _faults, "figures": _figures, "situations": _situations}


def add_rows(recorded: dict[str, dict[str, Any]]) -> None:
    """Add what a worker of pytest-xdist recorded."""
    for fault, by_caller in recorded["faults"].items():
        _faults.setdefault(fault, {}).update(by_caller)
    _figures.update(recorded["figures"])
    _situations.update(recorded["situations"])


def tables() -> Iterator[tuple[str, list[str]]]:
    """Yield titles and lines of all tables."""
    if _faults:
        yield "faults: POSTs that arrived, and what the caller got", list(_fault_lines())
    yield from _figures.items()
    if _situations:
        yield UNTIDY, list(_situation_lines())


def _situation_lines() -> Iterator[str]:
    yield f"{'situation':52} {'requests':>8} {'at risk':>8} {'whole':>5}  what the person sees"
    for situation, sees, requests, at_risk, whole in sorted(_situations.values()):
        yield f"{situation:52} {requests:>8} {at_risk:>8} {whole:>5}  {sees}"


def _fault_lines() -> Iterator[str]:
    callers = max((list(by_caller) for by_caller in _faults.values()), key=len)
    yield f"Unless a line names its callers, the same with {', '.join(callers)}."
    yield f"{'fault':44} {'POSTs':>5}  outcome"
    for fault, by_caller in _faults.items():
        seen: dict[tuple[str, str], list[str]] = {}
        for caller, found in by_caller.items():
            seen.setdefault(found, []).append(caller)
        for (posts, outcome), these in seen.items():
            only = "" if len(these) == len(callers) else f" ({', '.join(these)})"
            yield f"{fault:44} {posts:>5}  {outcome}{only}"
