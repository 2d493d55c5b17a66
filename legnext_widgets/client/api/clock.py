"""Learn how far the service's clock is from this machine's, by the `Date` headers of answers."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from legnext_widgets.client.messages import Message

from .responses import http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGE = 60.0
"""Seconds. A larger difference is shown to the person."""

NOTICED = 10.0
"""Seconds. A smaller change of the difference is not followed: headers have whole seconds, and
answers take their time."""

_REMEMBERED = 5


class ServiceClock:
    """The clock of one service, as far as it is known.

    Args:
        now: Gives Unix seconds on this machine.

    Attributes:
        known: Whether any answer had a usable `Date` header.
        skew: Seconds by which the service is ahead of this machine; negative when it is behind, 0
            while nothing else is known.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.known = False
        self.skew = 0.0
        self._now = now
        self._seen: deque[float] = deque(maxlen=_REMEMBERED)

    @property
    def large(self) -> bool:
        """Whether the two clocks are so far apart that a person should know."""
        return abs(self.skew) >= LARGE

    def now(self) -> datetime:
        """Return the time on the service's clock, aware."""
        return datetime.fromtimestamp(self._now() + self.skew, UTC)

    def of(self, moment: datetime) -> datetime:
        """Convert a time of this machine's clock to the service's."""
        return moment + timedelta(seconds=self.skew)

    def learn(self, headers: Mapping[str, str], received_at: float) -> bool:
        """Learn from the headers of an answer (names in lower case).

        Args:
            headers: Of any answer of the service.
            received_at: When they arrived, in Unix seconds of this machine.

        Returns:
            Whether `skew` changed.
        """
        moment = http_date(headers.get("date", ""))
        if moment is None or "age" in headers:  # a cache repeats the time of the first answer
            return False
        self.known = True
        # The header's seconds are cut off; half a second more is right on average.
        self._seen.append(moment.timestamp() + 0.5 - received_at)
        from statistics import median  # with the first answer of the service

        found = median(self._seen)
        if abs(found - self.skew) <= NOTICED:
            return False
        self.skew = float(round(found))
        return True


def clock_message(skew: float) -> Message:
    """Make the sentence about a clock that is wrong.

    Args:
        skew: Seconds by which the service's clock is ahead of this machine's; the minutes in the
            sentence say how far this machine is ahead.
    """
    return Message("clock_differs", minutes=f"{-skew / 60:+.0f}")
