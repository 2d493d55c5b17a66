"""Find out which requests of a click the library has jobs of already."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import LegnextError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client

_log = logging.getLogger("legnext_widgets")


@dataclass(frozen=True)
class MadeBefore:
    """What the library has of the requests of a click.

    Attributes:
        count: Of how many of them it has a job.
        job_id: The last of these jobs; None where a request is under way or its outcome unknown.
    """

    count: int
    job_id: str | None


class MadeBeforeError(Exception):
    """A click sent nothing, as a person is to be asked first."""

    def __init__(self, found: MadeBefore) -> None:
        super().__init__()
        self.found = found


async def find_made_before(client: Client, requests: Sequence[Request]) -> MadeBefore | None:
    """Look for jobs of the same requests, and bring in the last one, so that it is shown.

    The same request twice needs two jobs. Where the library cannot be read, nothing is found: it
    must not be in the way of a click.

    Returns:
        What was found; None when nothing was.
    """
    session, seen = client.session, Counter[str]()
    count, last = 0, None
    try:
        for request in requests:
            key = session.submitter.key_of(request)
            holders = await session.submitter.made_before(request)
            seen[key] += 1
            if seen[key] <= len(holders):
                count, last = count + 1, holders[-1].record
    except LegnextError as error:
        _log.warning("The library was not asked for earlier jobs: %s", error)
    if last is None:
        return None
    if last.job_id is not None:
        await session.restore_job(last, keep_clips=last.clips_due)
    return MadeBefore(count, last.job_id)
