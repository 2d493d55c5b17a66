"""The base of the request objects: checked when made, shown as code."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

from legnext_widgets.client.api import snippets
from legnext_widgets.client.api.urls import SERVICE_ORIGIN
from legnext_widgets.client.api.validation import Problem, require
from legnext_widgets.client.api.values.cleaning import clean_fields
from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.client.redaction import redact_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from legnext_widgets.client.api.bounded_json import JSONObject
    from legnext_widgets.client.pictures.picture import Picture


@dataclass(frozen=True, repr=False)
class CheckedRequest:
    """Base of the requests: checked when made, shown as code."""

    endpoint: ClassVar[str]
    method_name: ClassVar[str]

    def __post_init__(self) -> None:
        clean_fields(self)
        require(self._problems())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.arguments().items())
        return redact_links(f"{type(self).__name__}({shown})")

    def _problems(self) -> Iterator[Problem]:
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """The kind of job that it makes, such as `video_diffusion`."""
        return self.endpoint.replace("-", "_")

    @property
    def pictures(self) -> Mapping[str, Picture]:
        """Its pictures, by the name of the argument that takes the link of each."""
        return {}

    @property
    def unlinked(self) -> Mapping[str, Picture]:
        """Those of its pictures that were not uploaded yet."""
        return {}

    @property
    def parts(self) -> PromptParts:
        """The parts of its text: the words, and the link and options wherever they were given."""
        return PromptParts()

    def payload(self) -> JSONObject:
        """Return the JSON body exactly as it is sent; what was not given is left out."""
        raise NotImplementedError

    def shown_payload(self) -> JSONObject:
        """Return the JSON body to look at: an example stands for a link that is not known yet."""
        return self.payload()

    def identity(self) -> JSONObject:
        """Return the body without the links of uploads: equal for equal requests."""
        return self.payload()

    def arguments(self) -> dict[str, object]:
        """Return the arguments that differ from their defaults, by the client method's names."""
        return {
            item.name: value
            for item in fields(self)
            if (value := getattr(self, item.name)) != item.default
        }

    def to_curl(self, base_url: str = SERVICE_ORIGIN) -> str:
        """Write the call as a curl command for a POSIX shell; the key stays `$LEGNEXT_API_KEY`.

        Args:
            base_url: Address of the service.
        """
        return snippets.curl(self.endpoint, self.shown_payload(), base_url)

    def to_python(self) -> str:
        """Write the call as Python code; the key is read from `$LEGNEXT_API_KEY`."""
        return snippets.python(self.method_name, self.arguments())


def callback_of(link: str | None) -> JSONObject:
    """Return the part of a body that names the callback; empty without one."""
    return {} if link is None else {"callback": link}
