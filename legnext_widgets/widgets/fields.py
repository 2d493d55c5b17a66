"""The types of the studio's inputs: tolerant of None and of enumerations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from .kernel.protocol.traits import LIMITS

if TYPE_CHECKING:
    _Unicode = traitlets.Unicode[str, str]
    _Int = traitlets.Int[int, int]
else:  # the traitlets that Colab has cannot be subscripted
    _Unicode, _Int = traitlets.Unicode, traitlets.Int


class Text(_Unicode):
    """A text; None stands for no text."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        return super().validate(obj, "" if value is None else value)


class Prompts(Text):
    """The prompts of a batch as they are entered, cut at their limit: they are saved."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        return super().validate(obj, value)[: LIMITS["prompts"]]


class Whole(_Int):
    """A whole number; None stands for 0, and an enumeration for its value."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        return int(super().validate(obj, 0 if value is None else value))
