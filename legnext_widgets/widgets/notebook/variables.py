"""What the notebook's variables hold, and which of them a cell sets anew."""

from __future__ import annotations

import re
import symtable
import types
from typing import TYPE_CHECKING

import ipywidgets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# IPython's own: what cells gave last (_, _3, Out), what they were (_i, _i3, In).
_RESULTS = re.compile(r"_+|_i*\d*|_[oid]h|In|Out")


def holding(thing: object, variables: Mapping[str, object]) -> set[str]:
    """The variables that hold a thing: as it is, in a collection, a box, or as an attribute.

    Args:
        thing: What is looked for, by identity.
        variables: Those of the notebook; IPython's memory of results does not count.
    """
    return {
        name
        for name, value in list(variables.items())
        if not _RESULTS.fullmatch(name)
        and (value is thing or any(part is thing for part in _parts(value)))
    }


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, ipywidgets.Box):
        return list(value.children)
    if isinstance(value, (type, types.ModuleType, types.FunctionType)):
        return ()
    return list(getattr(value, "__dict__", {}).values())


def set_by(source: str) -> set[str]:
    """The variables of the notebook that a cell sets, from its text in plain Python. Pure."""
    try:
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned()}
