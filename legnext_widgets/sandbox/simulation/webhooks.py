"""Callbacks: the finished task posted to the address that the caller gave."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading

import httpx

from legnext_widgets.client.addresses import without_query

from .pictures import NEVER_BY_PROXY, is_loopback

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3
_PAUSE = 1.0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 of `timestamp + "." + body`, as one published client checks it."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def deliver(
    url: str, body: bytes, secret: str, now: float, *, offline: bool, stop: threading.Event
) -> bool:
    """Posts a finished task; tries again when the receiver fails.

    Args:
        url: The callback of the job.
        body: The task as JSON.
        secret: Of the job's `webhook_config`.
        now: Unix seconds, for the timestamp.
        offline: Go nowhere but to this machine.
        stop: Set when the sandbox closes.

    Returns:
        Whether the receiver took it.
    """
    if offline and not is_loopback(url):
        _LOG.info("callback to %s left out: the sandbox is offline", without_query(url))
        return False
    timestamp = str(int(now))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "legnext-sandbox",
        "X-Legnext-Timestamp": timestamp,
        "X-Legnext-Signature": signature(secret, timestamp, body),
    }
    with httpx.Client(timeout=10, follow_redirects=False, mounts=NEVER_BY_PROXY) as client:
        for attempt in range(_ATTEMPTS):
            try:
                answer = client.post(url, content=body, headers=headers)
                if answer.is_success:
                    return True
                problem = f"HTTP {answer.status_code}"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                problem = type(error).__name__
            if stop.wait(_PAUSE * 2**attempt):
                break
    _LOG.warning("callback to %s was not taken: %s", without_query(url), problem)
    return False
