"""Errors of a request that was not sent, or whose outcome is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.messages import Message, recognized_reason
from legnext_widgets.client.redaction import redact_links

from .base import LegnextError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from legnext_widgets.client.api.models.tasks import Task
    from legnext_widgets.client.api.requests import Request


class MissingAPIKeyError(LegnextError):
    """No API key was given or found; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(Message("no_key"))


class BudgetExceededError(LegnextError):
    """The job would exceed the client's `budget_points`; nothing was sent, no points were spent.

    Attributes:
        budget: The limit, in points.
        spent: Points that this client's jobs have frozen or consumed so far.
        cost: Points that the refused job was expected to take.
    """

    def __init__(self, *, budget: int, spent: int, cost: int) -> None:
        super().__init__(Message("over_budget", budget=budget, spent=spent, cost=cost))
        self.budget = budget
        self.spent = spent
        self.cost = cost


class TransportError(LegnextError):
    """The service could not be reached.

    For a submission this means that nothing was sent and no points were spent; it is safe to try
    again.
    """

    @property
    def next_step(self) -> str:
        """What to do about it."""
        return Message("next_connection")


class UploadError(LegnextError):
    """A picture could not be uploaded. No job was started, no points were spent."""


class SubmissionUncertainError(LegnextError):
    """A request was sent, but its outcome is unknown: the job may be running and charged.

    It is never sent again automatically. Check `candidates`, or the service's dashboard. Take a
    running job over with `client.job(id)`; submit again only when you are sure that there is none.

    Attributes:
        request: What was sent.
        sent_at: When the attempt began (aware UTC).
        candidates: Running tasks of the same kind, or of an unknown one, that were created after
            the attempt began and that this client does not know. Empty when there are none or they
            could not be listed.
        reason: Why the outcome is unknown.
        attempt_id: Its id in the library, for `Library.settle` and `Library.forget`; or None.
        recorded: Whether an earlier call sent it. The library holds it since, so that `reuse`
            raises this until it is settled or forgotten.
    """

    def __init__(
        self,
        reason: str,
        *,
        request: Request,
        sent_at: datetime,
        candidates: Sequence[Task] = (),
        candidates_known: bool | None = True,
        attempt_id: str | None = None,
        recorded: bool = False,
    ) -> None:
        self.attempt_id = attempt_id
        self.recorded = recorded and attempt_id is not None
        self.request = request
        self.sent_at = sent_at
        self.candidates = list(candidates)
        known: dict[str, str] = {"reason": recognized_reason(reason)}
        if self.candidates:
            ids = ", ".join(task.job_id for task in self.candidates)
            message = Message("uncertain_candidates", ids=ids, **known)
        elif candidates_known is None:
            message = Message("uncertain_recorded", **known)
        else:
            message = Message("uncertain" if candidates_known else "uncertain_unasked", **known)
        super().__init__(message)
        self.reason = reason

    @property
    def headline(self) -> str:
        """What happened, without advice."""
        return self.message

    @property
    def next_step(self) -> str:
        """What to do about it."""
        if self.recorded and self.attempt_id is not None:
            return Message("next_settle", attempt=self.attempt_id)
        return Message("next_look")

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}" if self.recorded else self.message


class InvalidResponseError(LegnextError):
    """The service, or a proxy before it, answered with something that is not the documented API.

    Attributes:
        body: The first 500 characters of the answer.
    """

    def __init__(self, message: str, *, body: str = "") -> None:
        super().__init__(message)
        self.body = redact_links(body)
