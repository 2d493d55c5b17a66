"""Webhooks: a finished task is posted, signed, to the address in its order."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from legnext_widgets import environment
from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.client.redaction import without_query
from legnext_widgets.sandbox.serving.workers import StoppedError, Workers, run_until_stopped

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from .clock import Clock
    from .jobs import Job

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3
_TIMEOUT = 10.0


class Webhooks:
    """Delivers finished tasks in worker threads.

    Args:
        clock: Gives unix seconds, for timestamps.
        body_of: Returns the task object of a final job.
        offline: Post to this machine only.
    """

    def __init__(
        self, clock: Clock, body_of: Callable[[Job], dict[str, Any]], *, offline: bool
    ) -> None:
        self._clock = clock
        self._body_of = body_of
        self._offline = offline
        self._workers = Workers("webhook", 2)

    def send(self, job: Job) -> None:
        """Deliver a finished job in the background, if it has a callback."""
        if not job.order.callback:
            return
        if environment.in_pyodide():
            _LOG.info("callback not delivered: Python in a browser has no sockets")
            return
        body = json.dumps(self._body_of(job)).encode()
        self._workers.do(
            partial(
                deliver,
                job.order.callback,
                body,
                job.secret,
                self._clock(),
                offline=self._offline,
                stop=self._workers.stopping,
            )
        )

    def close(self) -> None:
        """Stop all deliveries."""
        self._workers.close()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 of `timestamp + "." + body`, as one published client checks it."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def deliver(
    url: str,
    body: bytes,
    secret: str,
    now: float,
    *,
    offline: bool,
    stop: threading.Event,
    pause: float = 1.0,
) -> bool:
    """Post a finished task; retry when the receiver fails.

    Args:
        url: The callback of the job.
        body: The task as JSON.
        secret: Of the job's `webhook_config`.
        now: Unix seconds, for the timestamp.
        offline: Post to this machine only.
        stop: Set when the sandbox closes.
        pause: Seconds before the first retry; each further pause is twice as long.

    Returns:
        Whether the receiver accepted it.
    """
    if offline and not is_loopback(url):
        _LOG.info("callback to %s not delivered: the sandbox is offline", without_query(url))
        return False
    timestamp = str(int(now))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "legnext-sandbox",
        "X-Legnext-Timestamp": timestamp,
        "X-Legnext-Signature": signature(secret, timestamp, body),
    }
    try:
        problem = run_until_stopped(partial(_post, url, body, headers, pause), stop)
    except StoppedError:
        problem = "the sandbox was closed"
    if problem is not None:
        _LOG.warning("callback to %s failed: %s", without_query(url), problem)
    return problem is None


async def _post(url: str, body: bytes, headers: dict[str, str], pause: float) -> str | None:
    """Return why the last attempt failed, or None."""
    import httpx

    from legnext_widgets.client.api.routes import Certificates, RoutingTransport

    problem: str | None = None
    async with httpx.AsyncClient(
        timeout=_TIMEOUT, follow_redirects=False, transport=RoutingTransport(Certificates())
    ) as client:
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(pause * 2 ** (attempt - 1))
            try:
                response = await client.post(url, content=body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                problem = type(error).__name__
            else:
                if response.is_success:
                    return None
                problem = f"HTTP {response.status_code}"
    return problem
