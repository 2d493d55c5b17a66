"""Read the messages of a page tolerantly. Pure.

A message whose own fields are missing or of another type is refused. Within an object or a list
only the parts that fit are kept.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from .comm_requests import ToKernel

_UNFIT = object()
_Hint: TypeAlias = Any  # a class, a union, a literal: typing has no name for all of them


class IllFormedMessageError(ValueError):
    """A message of the page is not one of the protocol. Its text says nothing of the content.

    Attributes:
        pull: The id of the request for a chunk that it seems to be, else None.
    """

    def __init__(self, reason: str, pull: object = None) -> None:
        super().__init__(reason)
        self.pull = pull if isinstance(pull, str) else None


def decode(content: object) -> ToKernel:
    """Read a message of the page.

    Returns:
        The message with the fields that the protocol knows and no others. `inputs` holds only
        those inputs that fit.

    Raises:
        IllFormedMessageError: It is of no known type, or a field is missing or does not fit.
    """
    kind = content.get("type") if isinstance(content, dict) else None
    declared = message_types().get(kind) if isinstance(kind, str) else None
    if declared is None or not isinstance(content, dict):
        raise IllFormedMessageError("its type is unknown")
    message = _fields(content, declared)
    missing = required_fields(declared) - message.keys()
    if missing:
        reason = f"{kind!r} has no usable {', '.join(sorted(missing))}"
        raise IllFormedMessageError(reason, content.get("pull") if kind == "media" else None)
    return cast("ToKernel", message)


@cache
def message_types() -> dict[str, _Hint]:
    """The declarations of all messages to Python, by their `type`."""
    return {
        kind: declared
        for declared in get_args(ToKernel)
        for kind in get_args(get_type_hints(declared)["type"])
    }


@cache
def required_fields(declared: _Hint) -> frozenset[str]:
    """The fields that a declared message must have."""
    # Not `__required_keys__`: with postponed annotations it holds every field.
    hints = get_type_hints(declared, include_extras=True)
    return frozenset(name for name, hint in hints.items() if get_origin(hint) is not NotRequired)


@cache
def _hints(declared: _Hint) -> dict[str, _Hint]:
    return get_type_hints(declared)


def _fields(content: dict[str, object], declared: _Hint) -> dict[str, object]:
    found = {
        name: _fitting(content[name], hint)
        for name, hint in _hints(declared).items()
        if name in content
    }
    return {name: value for name, value in found.items() if value is not _UNFIT}


def _fitting(value: object, hint: _Hint) -> object:
    """The part of a value that fits a type; `_UNFIT` when none does."""
    origin: object = get_origin(hint)
    fits: object = _UNFIT
    if origin is NotRequired:
        fits = _fitting(value, get_args(hint)[0])
    elif origin in (Union, UnionType):
        parts = (_fitting(value, choice) for choice in get_args(hint))
        fits = next((part for part in parts if part is not _UNFIT), _UNFIT)
    elif origin is Literal:
        fits = value if isinstance(value, str) and value in get_args(hint) else _UNFIT
    elif origin is list and isinstance(value, list):
        items = (_fitting(item, get_args(hint)[0]) for item in value)
        fits = [item for item in items if item is not _UNFIT]
    elif is_typeddict(hint) and isinstance(value, dict):
        fits = _fields(value, hint)
    elif type(value) is hint:  # not isinstance: True is no whole number here
        fits = value
    return fits
