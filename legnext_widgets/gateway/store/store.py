"""The store: one object with what the gateway remembers, and coroutines for the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .database import Database
from .job_queue import JobQueue
from .members import Members
from .outcomes import Outcomes
from .queries import Queries
from .reservations import Reservations

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = 6


class Store:
    """What the gateway remembers.

    Args:
        url: Address of the database.
        slots: Jobs that run at once at the service.
        member_points: Limit of a student who is first seen; None for no limit.
        class_points: Limit of the class, where the database is new; None for no limit.

    Attributes:
        database: Its transactions.
        members: Students, budgets and tokens.
        reservations: Accepts paid requests.
        queue: Chooses the next request.
        outcomes: Stores answers and settles points.
        queries: Reads attempts and changes.
    """

    def __init__(
        self,
        url: str,
        *,
        slots: int = 6,
        member_points: int | None = None,
        class_points: int | None = None,
    ) -> None:
        self.database = Database(url, class_points=class_points)
        self.members = Members(self.database, member_points)
        self.reservations = Reservations(self.database)
        self.queue = JobQueue(self.database, slots)
        self.outcomes = Outcomes(self.database)
        self.queries = Queries(self.database)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="legnext-gateway-store")

    @property
    def engine(self) -> Engine:
        """The connections."""
        return self.database.engine

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call something of the store in a thread, so that the event loop goes on."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Close all connections."""
        self._threads.shutdown()
        self.database.close()
