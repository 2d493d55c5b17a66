"""Nothing is lost, nothing is sent twice and nothing is half there, whenever the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.library.killing.campaign import (
    Outcome,
    at_every_step,
    at_random_moments,
    kills_at_every_step,
    run_campaign,
    table,
)

RANDOM_KILLS = int(os.environ.get("LEGNEXT_RANDOM_KILLS", "20"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return []


def check(outcome: Outcome) -> None:
    assert outcome.accepted > 0
    assert outcome.lost == 0
    assert outcome.sent_twice == 0
    assert outcome.half_files == 0
    assert outcome.unfinished == 0
    assert outcome.known + outcome.uncertain == outcome.accepted


def test_no_job_is_lost_when_killed_at_any_step(folder: Path, outcomes: list[Outcome]) -> None:
    outcome = run_campaign("at every step", at_every_step, folder)
    outcomes.append(outcome)
    check(outcome)
    assert outcome.kills == len(kills_at_every_step())


def test_no_job_is_lost_when_killed_at_random_moments(
    folder: Path, outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]
) -> None:
    killing = at_random_moments(RANDOM_KILLS, seed=2025)
    outcome = run_campaign("at random moments", killing, folder)
    outcomes.append(outcome)
    with capsys.disabled():
        print("\n" + table(outcomes))
    check(outcome)
    assert outcome.kills == RANDOM_KILLS
