"""The base of all errors of this package, and the error of bad arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import redact, redact_links

from .tracebacks import render

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from legnext_widgets.client.api.validation import Problem

_MAX_MESSAGE = 2000
"""Characters; a service or a proxy may answer with a text of any length."""


class LegnextError(Exception):
    """The base of all errors of this package, except those for bad arguments.

    A bad request raises `InvalidInputError`; other bad arguments a plain `ValueError` or
    `TypeError`.

    Attributes:
        message: What happened, in plain words.
        localizable: The same text; a `Message` where the front end has a translation of it.
    """

    message: str
    localizable: str

    @property
    def headline(self) -> str:
        """What happened, without advice."""
        return str(self)

    @property
    def next_step(self) -> str | None:
        """What to do about it; None where the message says it, or nothing is known."""
        return None

    def __init__(self, message: str) -> None:
        localizable = message if isinstance(message, Message) else None
        if len(message) > _MAX_MESSAGE:
            message = f"{message[:_MAX_MESSAGE]}…"
        self.message = redact_links(message)
        self.localizable = localizable or self.message
        super().__init__(self.message)

    def _render_traceback_(self) -> list[str]:
        """Show it in IPython in three lines."""
        return render(self)

    def __reduce__(self) -> tuple[Callable[..., LegnextError], tuple[Any, ...]]:
        """Pickle without the job, which belongs to its client, and without what signs a link."""
        state = {name: redact(value) for name, value in vars(self).items() if name != "job"}
        return _unpickled, (type(self), self.args, state)


def _unpickled(
    kind: type[LegnextError], args: tuple[object, ...], state: dict[str, object]
) -> LegnextError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InvalidInputError(ValueError):
    """Arguments outside their limits; nothing was sent.

    Attributes:
        problems: All that is wrong, in the order of the arguments.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))

    @property
    def headline(self) -> str:
        """What is wrong with the arguments."""
        return str(self)

    @property
    def next_step(self) -> str:
        """What that means."""
        return "Nothing was sent."

    def _render_traceback_(self) -> list[str]:
        """Show it in IPython in three lines."""
        return render(self)

    def __reduce__(self) -> tuple[type[InvalidInputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)
