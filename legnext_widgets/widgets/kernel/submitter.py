"""Submitting from a widget: once for each click, one at a time, its outcome told."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.messages import Message

from .snapshots import outcome, refused

if TYPE_CHECKING:
    import concurrent.futures

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.job_state import JobState

Tell = Callable[[dict[str, Any], bool], object]
"""Told of each outcome for the browser, and of whether a request is still on its way."""

_CLICKS_REMEMBERED = 500


class Submitter:
    """Sends one request at a time.

    Args:
        tell: Called in whatever thread; must only hand on.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._state = threading.Lock()
        self._sending = False
        self._clicks: OrderedDict[str, None] = OrderedDict()

    @property
    def sending(self) -> bool:
        """Whether a request is on its way."""
        return self._sending

    def is_new(self, click: object) -> bool:
        """Whether a click is seen for the first time; what is no click id never is."""
        if not isinstance(click, str) or not 0 < len(click) <= 100:
            return False
        with self._state:
            if click in self._clicks:
                return False
            self._clicks[click] = None
            while len(self._clicks) > _CLICKS_REMEMBERED:
                self._clicks.popitem(last=False)
            return True

    def refuse(self, error: Exception, click: str | None) -> None:
        """Says that a click sent nothing."""
        self._tell(refused(error, click), self._sending)

    def submit(
        self, client: Client, build: Callable[[], Request], click: str | None
    ) -> concurrent.futures.Future[JobState]:
        """Begins to send what `build` makes.

        Raises:
            ValueError: The request is outside its limits; nothing was sent.
            LegnextError: Another one is on its way; nothing was sent.
        """
        with self._state:
            if self._sending:
                error = LegnextError(Message("on_its_way"))
                self._tell(refused(error, click), True)
                raise error
            self._sending = True
        try:
            request = build()
            self._tell(outcome("sending", click), True)
            sending = client.runtime.start(client.session.submit(request))
        except BaseException as error:
            self._ended(click, None, error)
            raise
        sending.add_done_callback(lambda done: self._ended_as(click, done))
        return sending

    def _ended_as(self, click: str | None, done: concurrent.futures.Future[JobState]) -> None:
        if done.cancelled():
            self._ended(click, None, LegnextError(Message("studio_closed")))
        elif (error := done.exception()) is not None:
            self._ended(click, None, error)
        else:
            self._ended(click, done.result(), None)

    def _ended(self, click: str | None, job: JobState | None, error: BaseException | None) -> None:
        with self._state:
            self._sending = False
        if job is not None:
            self._tell(outcome("accepted", click, job.id), False)
        else:
            failure = (
                error if isinstance(error, Exception) else LegnextError(Message("studio_closed"))
            )
            self._tell(refused(failure, click), False)
