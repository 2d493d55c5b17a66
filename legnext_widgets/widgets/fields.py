"""The types of the studio's inputs: tolerant of None, enumerations, and values of numpy."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import traitlets

from .kernel.protocol.traits import LIMITS

if TYPE_CHECKING:
    _Unicode = traitlets.Unicode[str, str]
    _Int = traitlets.Int[int, int]
    _Bool = traitlets.Bool[bool, bool]
else:  # the traitlets that Colab has cannot be subscripted
    _Unicode, _Int, _Bool = traitlets.Unicode, traitlets.Int, traitlets.Bool


class Text(_Unicode):
    """A text; None stands for no text."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        return super().validate(obj, "" if value is None else value)


class Prompts(Text):
    """The prompts of a batch as they are entered, cut at their limit: they are saved."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        return super().validate(obj, value)[: LIMITS["prompts"]]


class JobId(Text):
    """A job id, as a text or as a `uuid.UUID`."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        return super().validate(obj, str(value) if isinstance(value, uuid.UUID) else value)


class Whole(_Int):
    """A whole number of any type; None stands for 0, and an enumeration for its value."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        number = 0 if value is None else value
        if not isinstance(number, int):
            from legnext_widgets.client.api.values.cleaning import clean_number

            number = clean_number(number)
        return int(super().validate(obj, number))


class Flag(_Bool):
    """A truth value of any type."""

    def validate(self, obj: Any, value: Any) -> Any:  # noqa: ANN401, D102 - as in traitlets
        if not isinstance(value, bool):
            from legnext_widgets.client.api.values.cleaning import clean_flag

            value = clean_flag(value)
        return super().validate(obj, value)
