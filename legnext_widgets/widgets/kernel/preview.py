"""What the inputs would send, as JSON, curl and Python, and what it would take. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from legnext_widgets.client.messages import Message
from legnext_widgets.widgets.inputs import Inputs, request_of

from .localized import told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.session.budget import Budget

MOST_AT_ONCE = 200
"""Jobs that one batch may start."""


def requests_of(inputs: Inputs, prompts: Sequence[str] | None) -> list[Request]:
    """The requests that inputs make: one, or one for each of several prompts.

    Raises:
        InvalidInputError: One of them would be outside its limits.
        ValueError: There are none, or more than 200.
    """
    if prompts is None:
        return [request_of(inputs)]
    if not 1 <= len(prompts) <= MOST_AT_ONCE:
        raise ValueError(Message("batch_size", most=MOST_AT_ONCE, count=len(prompts)))
    return [request_of(cast("Inputs", {**inputs, "prompt": prompt})) for prompt in prompts]


def described(
    inputs: Inputs, prompts: Sequence[str] | None, budget: Budget, base_url: str
) -> dict[str, Any]:
    """What would be sent, for the browser; the first request of several as code."""
    nothing = {
        "requests": 0,
        "points": 0,
        "over_budget": False,
        "json": "",
        "curl": "",
        "python": "",
    }
    try:
        requests = requests_of(inputs, prompts)
    except ValueError as error:
        return {**nothing, "problem": told_of(error)}
    points = sum(budget.cost(request.endpoint.replace("-", "_")) for request in requests)
    first = requests[0]
    return {
        "requests": len(requests),
        "points": points,
        "over_budget": budget.limit is not None and budget.spent + points > budget.limit,
        "json": json.dumps(first.payload(), indent=2, ensure_ascii=False),
        "curl": first.to_curl(base_url),
        "python": first.to_python(),
        "problem": None,
    }
