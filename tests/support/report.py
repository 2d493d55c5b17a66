"""Collect tables during the tests, and print them in the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_faults: dict[str, dict[str, tuple[str, str]]] = {}
_figures: dict[str, list[str]] = {}


def note_fault(fault: str, caller: str, posts: str, outcome: str) -> None:
    """Record the result of a fault, for one way to submit."""
    _faults.setdefault(fault, {})[caller] = (posts, outcome)


def note_figures(title: str, lines: Sequence[str]) -> None:
    """Record a table, line by line as it is printed."""
    _figures[title] = list(lines)


def tables() -> Iterator[tuple[str, list[str]]]:
    """Yield titles and lines of all tables."""
    if _faults:
        yield "faults: POSTs that arrived, and what the caller got", list(_fault_lines())
    yield from _figures.items()


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
