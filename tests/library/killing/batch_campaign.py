"""Kill a batch again and again, run it to its end, and compare it with what the service saw."""

from __future__ import annotations

import contextlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.values.prompt import split
from legnext_widgets.library import Library
from tests.library.killing.batch_driver import RESULT
from tests.library.killing.campaign import BATCH_DRIVER, Kill, Sessions
from tests.library.killing.watched_service import EVENTS, WatchedService

if TYPE_CHECKING:
    from pathlib import Path

UNTIL_COMPLETED = [event for event in EVENTS if "clip" not in event]
"""The moments that each job of a batch has; its clips may be fetched later."""

SECONDS_A_REQUEST = 2.0
"""Seconds for each request of the last session, at most, on a busy machine."""


@dataclass(frozen=True)
class BatchOutcome:
    """What a killed batch led to.

    Attributes:
        requests: How many the batch has.
        kills: Sessions that were killed.
        posts: POSTs that arrived whole.
        completed: Requests that have a completed job in the end.
        uncertain: Requests whose outcome was unknown, and that a person resolved.
        lost: Jobs of the service that no request of the batch has.
        sent_twice: Requests that were posted more than once.
        out_of_order: Requests whose job is that of another request.
    """

    requests: int
    kills: int
    posts: int
    completed: int
    uncertain: int
    lost: int
    sent_twice: int
    out_of_order: int


def run_batch_campaign(folder: Path, requests: int, kills: int, seed: int) -> BatchOutcome:
    """Run a batch, kill its process so many times at random, and then let it end.

    A request whose outcome is unknown is not sent again by itself. It is resolved as a person does
    who looks into the service's dashboard: by the id of the job, or, where there is none, by
    forgetting the request.
    """
    prompts = [f"shot number {number}" for number in range(requests)]
    chance = random.Random(seed)
    with contextlib.closing(WatchedService()) as service:
        sessions = Sessions(service, folder, BATCH_DRIVER, prompts)
        killed = 0
        each = requests // kills
        for number in range(1, kills + 1):
            # The batch grows, so that each session has requests to be killed at.
            sessions.prompts = prompts[: number * each]
            kill = Kill(event=chance.choice(UNTIL_COMPLETED), earlier=chance.randrange(each))
            killed += sessions.run_and_kill(kill)
        sessions.prompts = prompts
        sessions.run_to_the_end(requests * SECONDS_A_REQUEST)
        uncertain = _resolve(folder, service)
        sessions.run_to_the_end(requests * SECONDS_A_REQUEST)
        return _count(folder, service, prompts, killed, uncertain)


def _results(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder.parent / RESULT).read_text())
    return found


def _resolve(folder: Path, service: WatchedService) -> int:
    """Record the jobs of uncertain requests, or forget those that became none."""
    by_words = {split(prompt).words: job for job, prompt in service.prompts.items()}
    uncertain = [row for row in _results(folder) if row["status"] == "uncertain"]
    with Library(folder) as library:
        for row in uncertain:
            job = by_words.get(row["words"])
            if job is None:
                library.forget(row["attempt"])
            else:
                library.settle(row["attempt"], job)
    return len(uncertain)


def _count(
    folder: Path, service: WatchedService, prompts: list[str], killed: int, uncertain: int
) -> BatchOutcome:
    rows = _results(folder)
    words_of = {job: split(prompt).words for job, prompt in service.prompts.items()}
    posts = service.posts()
    return BatchOutcome(
        requests=len(prompts),
        kills=killed,
        posts=sum(posts.values()),
        completed=sum(row["status"] == "completed" for row in rows),
        uncertain=uncertain,
        lost=len(set(words_of) - {row["job"] for row in rows}),
        sent_twice=sum(count > 1 for count in posts.values()),
        out_of_order=sum(
            words_of.get(row["job"]) != prompt for row, prompt in zip(rows, prompts, strict=True)
        ),
    )
