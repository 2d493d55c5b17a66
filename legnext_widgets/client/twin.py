"""Share definitions between the blocking and the awaiting side of the client."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any, TypeVar, cast

from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from collections.abc import Callable

Method = TypeVar("Method", bound="Callable[..., Any]")
SubmittedT_co = TypeVar("SubmittedT_co", covariant=True)
"""What submitting a request gives."""


class Twin:
    """Share definitions between the blocking and the awaiting side of the client.

    What both sides have in common is written once, on a base class that is generic in what
    submitting a request gives: a `Job`, or a coroutine of an `AsyncJob`. Type checkers follow the
    type variable. For people, who read signatures and docstrings, each side gets its own form of
    such a method, with its return type, and `async` on the awaiting side. A method that a side
    implements itself gets the docstring of the base.

    Args:
        submitted: On the class of a side, the type that its methods give for `SubmittedT_co`.
        awaiting: Whether it is the side whose methods are coroutines.
    """

    def __init_subclass__(cls, *, submitted: str = "", awaiting: bool = False) -> None:
        super().__init_subclass__()
        if not submitted:
            return
        bases = [base for base in cls.__mro__[1:] if issubclass(base, Twin)]
        shared_items = [item for base in bases for item in vars(base).items()]
        for name, shared in shared_items:
            own = vars(cls).get(name)
            if not isinstance(shared, types.FunctionType):
                continue
            if own is None and shared.__annotations__.get("return") == SubmittedT_co.__name__:
                form = _awaiting_form(shared) if awaiting else _blocking_form(shared)
                form.__annotations__ = {**shared.__annotations__, "return": submitted}
                signature = inspect.signature(shared).replace(return_annotation=submitted)
                form.__signature__ = signature  # type: ignore[attr-defined]
                form.__module__ = cls.__module__
                form.__qualname__ = f"{cls.__qualname__}.{name}"
                setattr(cls, name, form)
            elif isinstance(own, types.FunctionType) and own.__doc__ is None:
                own.__doc__ = shared.__doc__


def _blocking_form(shared: types.FunctionType) -> types.FunctionType:
    code, names, defaults = shared.__code__, shared.__globals__, shared.__defaults__
    form = types.FunctionType(code, names, shared.__name__, defaults, shared.__closure__)
    form.__kwdefaults__ = shared.__kwdefaults__
    form.__doc__ = shared.__doc__
    return form


def prepares_pictures(method: Method) -> Method:
    """Mark a method that may read and shrink pictures: the awaiting side calls it in a thread.

    What the method gives is then awaited on the caller's loop, as always.
    """
    method.__dict__["prepares_pictures"] = True
    return method


def _awaiting_form(shared: types.FunctionType) -> types.FunctionType:
    @functools.wraps(shared)
    async def form(*args: object, **named: object) -> object:
        if shared.__dict__.get("prepares_pictures"):
            return await (await to_thread(shared, *args, **named))
        return await shared(*args, **named)

    return cast("types.FunctionType", form)
