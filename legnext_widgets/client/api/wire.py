"""Define the base of the models: a JSON object of the service, with all that was received."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Self, cast

from attrs import field, fields, frozen

from . import converters
from .redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from .bounded_json import JSON, JSONObject


@cache
def _names_of(model: Hashable) -> dict[str, str]:
    """Map the names that the service uses to those of the fields of a model."""
    known = fields(cast("type[WireObject]", model))
    return {item.metadata.get("name", item.name): item.name for item in known}


@frozen(kw_only=True, repr=False)
class WireObject:
    """A JSON object of the service.

    Attributes:
        raw: The object as it was received, with the fields that are not known here.
    """

    raw: JSONObject = field(factory=dict, eq=False)

    @classmethod
    def of(cls, found: Mapping[str, object]) -> Self:
        """Read a JSON object; never raises. Fields of an unexpected type count as absent."""
        names = _names_of(cast("Hashable", cls))
        known = {
            names[name]: converters.well_formed(value)
            for name, value in found.items()
            if name in names and name != "raw"
        }
        # attrs' converters narrow the values, which mypy cannot follow through `**`.
        make = cast("Callable[..., Self]", cls)
        return make(**known, raw=dict(found))

    def __getattr__(self, name: str) -> JSON:
        """Give a field that the service added since this was written."""
        if name != "raw" and name in self.raw:
            return self.raw[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        """Show the fields without the signatures of links and the secrets of callbacks."""
        shown = ((name, redacted(value)) for name, value in self._shown())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown)})"

    def _shown(self) -> Iterable[tuple[str, object]]:
        names = (item.name for item in fields(type(self)) if item.name != "raw")
        return ((name, getattr(self, name)) for name in names)

    def __reduce__(self) -> tuple[Callable[[Mapping[str, object]], Self], tuple[JSON]]:
        """Pickle without what signs a link; asking for the job gives fresh links."""
        return type(self).of, (redacted(self.raw),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self
