"""Nothing is lost, nothing is sent twice and nothing is half there, whenever the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.library.killing.batch_campaign import BatchOutcome, run_batch_campaign
from tests.library.killing.campaign import (
    CLIENT_DRIVER,
    JOURNAL_DRIVER,
    Kill,
    Outcome,
    at_every_step,
    at_random_moments,
    kills_at_every_step,
    run_campaign,
    table,
)

RANDOM_KILLS = int(os.environ.get("LEGNEXT_RANDOM_KILLS", "12"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

drivers = pytest.mark.parametrize(
    ("who", "driver"), [("journal", JOURNAL_DRIVER), ("client", CLIENT_DRIVER)]
)


def check(outcome: Outcome, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\n" + table([outcome]))
    assert outcome.kills == kills
    assert outcome.accepted > 0
    assert outcome.lost == 0
    assert outcome.sent_twice == 0
    assert outcome.half_files == 0
    assert outcome.unfinished == 0
    assert outcome.known + outcome.uncertain == outcome.accepted


@drivers
def test_no_job_is_lost_when_killed_at_any_step(
    folder: Path, capsys: pytest.CaptureFixture[str], who: str, driver: str
) -> None:
    outcome = run_campaign(f"{who}, at every step", at_every_step, folder, driver)
    check(outcome, len(kills_at_every_step()), capsys)


@drivers
def test_no_job_is_lost_when_killed_at_random_moments(
    folder: Path, capsys: pytest.CaptureFixture[str], who: str, driver: str
) -> None:
    killing = at_random_moments(RANDOM_KILLS, seed=2025)
    outcome = run_campaign(f"{who}, at random moments", killing, folder, driver)
    check(outcome, RANDOM_KILLS, capsys)


def test_a_session_that_forgets_its_intents_is_found_out(folder: Path) -> None:
    forgetful = "tests.library.killing.forgetful_driver"
    kill = Kill(event="job accepted, nothing answered")
    outcome = run_campaign(
        "forgetful", lambda sessions: sessions.run_and_kill(kill), folder, forgetful
    )
    assert outcome.kills == 1
    assert outcome.lost >= 1


def check_batch(
    folder: Path, requests: int, kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_batch_campaign(folder, requests, kills, seed=2026)
    with capsys.disabled():
        print(f"\n{outcome}")
    # A request that was forgotten, as it had not arrived, is sent by the last session.
    assert outcome == BatchOutcome(
        requests=requests,
        kills=kills,
        posts=requests,
        completed=requests,
        uncertain=outcome.uncertain,
        lost=0,
        sent_twice=0,
        out_of_order=0,
    )


def test_a_batch_that_is_killed_makes_each_job_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check_batch(folder, 40, 5, capsys)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_batch_of_500_that_is_killed_20_times_makes_each_job_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check_batch(folder, 500, 20, capsys)
