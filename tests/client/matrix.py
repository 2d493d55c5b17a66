"""What the tests found, to be printed when they have run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_faults: dict[str, dict[str, tuple[str, str]]] = {}
_figures: dict[str, list[str]] = {}


def note_fault(fault: str, caller: str, posts: str, outcome: str) -> None:
    """Notes what a fault led to, for one way of submitting."""
    _faults.setdefault(fault, {})[caller] = (posts, outcome)


def note_figures(title: str, lines: Sequence[str]) -> None:
    """Notes a table as it is to be printed."""
    _figures[title] = list(lines)


def tables() -> Iterator[tuple[str, list[str]]]:
    """Titles and lines of all tables."""
    if _faults:
        yield "fault matrix: POSTs that arrived, and what the person got", list(_fault_lines())
    yield from _figures.items()


def _fault_lines() -> Iterator[str]:
    callers = max((list(by_caller) for by_caller in _faults.values()), key=len)
    yield f"Where nothing else is said, the same with {', '.join(callers)}."
    yield f"{'fault':44} {'POSTs':>5}  outcome"
    for fault, by_caller in _faults.items():
        seen: dict[tuple[str, str], list[str]] = {}
        for caller, found in by_caller.items():
            seen.setdefault(found, []).append(caller)
        for (posts, outcome), these in seen.items():
            only = "" if len(these) == len(callers) else f" ({', '.join(these)})"
            yield f"{fault:44} {posts:>5}  {outcome}{only}"
