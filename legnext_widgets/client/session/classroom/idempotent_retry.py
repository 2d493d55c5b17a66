"""Retry a paid request at a gateway after its answer was lost: the same key gives the same job."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from legnext_widgets.client.api.failures import LostAnswerError
from legnext_widgets.client.api.responses import Response, error_in, job_id_in
from legnext_widgets.client.errors import LegnextError, ServerError, TransportError

from .gateway_models import parse_class

if TYPE_CHECKING:
    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.session.retry import RetryPolicy
    from legnext_widgets.client.session.store import Attempt

_LEAST_TRIES = 6
"""Tries after a loss, at least: a gateway that restarts is away for some seconds."""

_UNCLEAR = (401, 403, 407, 408, 429)
"""Refusals of the person or the moment, which say nothing about the first sending."""

_log = logging.getLogger("legnext_widgets")


async def retry_idempotently(
    attempt: Attempt, transport: Transport, retry: RetryPolicy
) -> Response | None:
    """Send a request whose outcome is unknown once more, if a gateway stands on the way.

    The service itself would make a second job. A gateway keeps requests by their key, so that the
    second one is answered with the first one's job. It must say that it is one, right before.

    Args:
        attempt: What was sent; its id is the key.
        transport: Sends it.
        retry: How long to wait between tries.

    Returns:
        An answer that is clear; None where there is no gateway, or none that answers.
    """
    for failures in range(1, max(retry.max_retries, _LEAST_TRIES) + 1):
        if not transport.at_gateway:
            return None
        try:
            parse_class(await transport.get("/gateway/me"))
            response = await transport.post(attempt.endpoint, attempt.payload, key=attempt.id)
        except (TransportError, ServerError, LostAnswerError) as error:
            reason: object = error
        except LegnextError:
            return None  # it is not there any more, or does not know this student
        else:
            if _is_clear(response):
                return response
            reason = response.status
        _log.info("The outcome of a request could not be looked up yet: %s", reason)
        await asyncio.sleep(retry.wait(failures))
    return None


async def find_by_key(
    attempt: Attempt, transport: Transport, retry: RetryPolicy
) -> Response | None:
    """Look for the job of a request that an earlier session sent; nothing is sent again.

    Args:
        attempt: What was sent; its id is the key.
        transport: Asks the gateway.
        retry: How often to ask.

    Returns:
        The answer with the job; None where there is no gateway, or it knows no such request.
    """
    if not transport.at_gateway:
        return None
    path = f"/gateway/attempts/{quote(attempt.id, safe='')}"
    try:
        response = Response(200, {}, await retry.run(lambda: transport.get(path)))
    except LegnextError as error:
        _log.info("An earlier request was not found at the gateway: %s", error)
        return None
    return response if _is_clear(response) and error_in(response) is None else None


def _is_clear(response: Response) -> bool:
    """Whether an answer says that there is a job, or that there is none."""
    error = error_in(response)
    if error is None:
        return job_id_in(response.body) is not None
    return 400 <= error.status_code < 500 and error.status_code not in _UNCLEAR
