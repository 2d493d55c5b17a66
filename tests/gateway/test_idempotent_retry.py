"""Ask a gateway again: which of its answers say what became of the first sending."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.responses import Response
from legnext_widgets.client.session.classroom.idempotent_retry import retry_idempotently
from legnext_widgets.client.session.retry import RetryPolicy
from legnext_widgets.client.session.store import Attempt

if TYPE_CHECKING:
    from legnext_widgets.client.api.transport import Transport

ME = json.dumps({"gateway": "legnext-widgets", "account_id": "one:1"}).encode()


class Gateway:
    """Shows itself, answers one sending, and does not know the student after that."""

    at_gateway = True

    def __init__(self, status: int) -> None:
        self.status = status
        self.keys: list[str | None] = []

    async def get(self, path: str) -> bytes:
        assert path == "/gateway/me"
        if self.keys:
            raise lw.AuthenticationError("unknown", status_code=401)
        return ME

    async def post(self, endpoint: str, payload: Any, *, key: str | None = None) -> Response:
        self.keys.append(key)
        return Response(self.status, {}, json.dumps({"message": "no"}).encode())


@pytest.mark.parametrize(
    ("status", "is_clear"), [(401, False), (403, False), (429, False), (402, True), (422, True)]
)
async def test_a_refusal_of_the_person_leaves_the_first_sending_unknown(
    status: int, is_clear: bool
) -> None:
    gateway = Gateway(status)
    identity = ("http://127.0.0.1", "account")
    attempt = Attempt("the-key", cast("Any", identity), "diffusion", {}, datetime.now(UTC))

    answer = await retry_idempotently(attempt, cast("Transport", gateway), RetryPolicy(first=0.0))

    assert gateway.keys == ["the-key"], "with the key of the first sending, and once"
    assert (answer is not None) == is_clear
