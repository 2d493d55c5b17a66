"""The request that makes images from a text."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar

from legnext_widgets.client.api.validation import Problem, check_link, check_text
from legnext_widgets.client.api.values.prompt import PromptParts

from .checked_request import CheckedRequest, callback_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legnext_widgets.client.api.bounded_json import JSONObject


@dataclass(frozen=True, repr=False)
class Diffusion(CheckedRequest):
    """Make four images from a text, to animate one of them (`POST /api/v1/diffusion`).

    Args:
        text: What the images show. 1 to 8192 characters.
        callback: http(s) link to which the service posts the finished task.

    Raises:
        ValueError: An argument is outside its limits; the message names it and the limit.
    """

    endpoint: ClassVar[str] = "diffusion"
    method_name: ClassVar[str] = "diffusion"

    text: str
    _: KW_ONLY
    callback: str | None = None

    @property
    def prompt(self) -> str:
        """What the images show: `text`, by the name that the other requests use."""
        return self.text

    @property
    def parts(self) -> PromptParts:
        """The parts of its text, which is all words."""
        return PromptParts(words=self.text)

    def _problems(self) -> Iterator[Problem]:
        yield from check_text("text", self.text)
        yield from check_link("callback", self.callback)

    def payload(self) -> JSONObject:
        """Return the JSON body exactly as it is sent; what was not given is left out."""
        return {"text": self.text, **callback_of(self.callback)}
