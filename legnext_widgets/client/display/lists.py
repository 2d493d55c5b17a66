"""Lists of jobs and videos that show themselves in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from . import html
from .bundles import card_bundle

if TYPE_CHECKING:
    from .bundles import MimeBundle

T = TypeVar("T")


class Printer(Protocol):
    """IPython's pretty printer."""

    def text(self, text: str) -> object:
        """Print a text."""


class ReprList(list[T], Generic[T]):
    """A list that shows its first 12 items, and says how many more there are."""

    def __repr__(self) -> str:
        shown = ",\n ".join(map(repr, self[: html.MOST]))
        more = html.overflow_text(len(self))
        return f"[{shown}]{f' {more}' if more else ''}"

    def _repr_html_(self) -> str:
        return html.listing(self)

    def _repr_mimebundle_(self, **_: object) -> MimeBundle:
        more = html.overflow_text(len(self))
        counted = f"<div>{len(self)} items</div>"
        return card_bundle(
            self[: html.MOST], text=repr(self), line=counted, static=html.listing(self), more=more
        )

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        printer.text("[...]" if cycle else repr(self))
