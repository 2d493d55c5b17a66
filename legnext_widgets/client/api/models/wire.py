"""Define the base of the models: a JSON object of the service, with all that was received."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar, cast

from legnext_widgets.client.redaction import redact

from . import converters

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from legnext_widgets.client.api.bounded_json import JSON, JSONObject

T = TypeVar("T")


def read_by(converter: Callable[[object], T], *, name: str = "") -> T:
    """Declare a field of a model.

    Args:
        converter: Converts any value, and None to what the field is when it is absent.
        name: Its name at the service; empty where that is the name of the attribute.
    """
    metadata = {"converter": converter, "name": name}
    return field(default_factory=partial(converter, None), metadata=metadata)


class _Field(NamedTuple):
    """A field of a model: its name here and at the service, and what converts its value."""

    name: str
    sent_as: str
    convert: Callable[[object], object] | None


@cache
def _fields_of(model: Hashable) -> tuple[_Field, ...]:
    """Return the fields of a model, without `raw`."""
    return tuple(
        _Field(item.name, item.metadata.get("name") or item.name, item.metadata.get("converter"))
        for item in fields(cast("type[WireObject]", model))
        if item.name != "raw"
    )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False, weakref_slot=True)
class WireObject:
    """A JSON object of the service.

    Attributes:
        raw: The object as it was received, with the fields that are not known here.
    """

    raw: JSONObject = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Convert what was given, so that each field is of its type."""
        for name, _, convert in _fields_of(cast("Hashable", type(self))):
            if convert is not None:
                object.__setattr__(self, name, convert(getattr(self, name)))

    @classmethod
    def of(cls, found: Mapping[str, object], *, checked: bool = False) -> Self:
        """Read a JSON object; never raises. Fields of an unexpected type count as absent.

        Args:
            found: The object.
            checked: Whether it is known to be well-formed, as a part of a larger object is.
        """
        # Not by the constructor, which sets and converts each field twice: lists are long.
        made = cls.__new__(cls)
        for name, sent_as, convert in _fields_of(cast("Hashable", cls)):
            value = found.get(sent_as)
            if value is not None and not checked:
                value = converters.well_formed(value)
            object.__setattr__(made, name, value if convert is None else convert(value))
        object.__setattr__(made, "raw", dict(found))
        return made

    def __getattr__(self, name: str) -> JSON:
        """Return a field that the service added since this was written."""
        if name != "raw" and name in self.raw:
            return self.raw[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        """Show the fields without the signatures of links and the secrets of callbacks."""
        shown = ((name, redact(value)) for name, value in self._shown())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown)})"

    def _shown(self) -> Iterable[tuple[str, object]]:
        names = (item.name for item in fields(type(self)) if item.name != "raw")
        return ((name, getattr(self, name)) for name in names)

    def __reduce__(self) -> tuple[Callable[[Mapping[str, object]], Self], tuple[JSON]]:
        """Pickle without what signs a link; asking for the job gives fresh links."""
        return type(self).of, (redact(self.raw),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self
