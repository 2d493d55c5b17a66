"""When to ask next, as a pure function, and what it costs over many jobs."""

from __future__ import annotations

import random
from statistics import mean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import polling
from legnext_widgets.client.session import schedule
from legnext_widgets.client.session.schedule import LONGEST, SHORTEST, expectation, next_delay

from .matrix import note_figures

KINDS = ["video_diffusion", "extend_video", "video_upscale", "diffusion", "something_new"]


def test_videos_are_noticed_soon_enough_with_few_enough_questions():
    """Issue bounds: with history 3 s and 22 questions a video, without 4 s and 25."""
    draw = random.Random(11)
    with_history = []
    for _ in range(12):
        history = [polling.video(draw) for _ in range(60)]
        jobs = [polling.video(draw) for _ in range(500)]
        plan = polling.ours(expectation("video_diffusion", history))
        with_history.append(polling.followed(jobs, plan, schedule.FIRST))
    jobs = [polling.video(draw) for _ in range(6000)]
    without = polling.followed(jobs, polling.ours(expectation("video_diffusion")), schedule.FIRST)
    note_figures("polling, simulated", polling.lines(polling.compared(2000)))

    assert mean(found.lag for found in with_history) <= 3.0
    assert mean(found.requests for found in with_history) <= 22
    assert without.lag <= 4.0
    assert without.requests <= 25
    for found in (*with_history, without):
        assert found.longest_lag <= LONGEST
        assert found.latest < 1
        assert found.shortest >= SHORTEST


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(KINDS),
    st.lists(st.floats(0.01, 1e6), max_size=60),
    st.floats(0, 1e6),
    st.sampled_from([1.0, 2.0, 60.0]),
)
def test_no_history_and_no_age_break_the_bounds(kind, history, age, speed):
    wait = next_delay(age, expectation(kind, history), speed=speed) * speed

    assert SHORTEST <= wait <= LONGEST
    assert wait <= max(SHORTEST, age * speed)  # noticed before it is twice as old


def test_a_job_that_ends_at_once_is_noticed_before_it_is_twice_as_old():
    for kind in KINDS:
        for duration in (2.5, 5, 20, 60, 119, 1000, 5000):
            found = polling.followed([duration], polling.ours(expectation(kind)), schedule.FIRST)
            assert found.longest_lag <= min(LONGEST, duration + SHORTEST) + polling.NETWORK


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_expected_to_remain_shrinks_and_ends_unknown(kind):
    expected = expectation(kind)
    remaining = [schedule.expected_remaining(age, expected) for age in range(0, 3000, 10)]

    known = [seconds for seconds in remaining if seconds is not None]
    assert known[0] == pytest.approx(expected.middle, rel=0.15)
    assert all(seconds >= 0 for seconds in known)
    assert remaining[-1] is None


def test_a_few_very_long_jobs_do_not_move_what_is_expected():
    usual = expectation("video_diffusion", [200.0] * 50)
    with_few = expectation("video_diffusion", [200.0] * 50 + [9000.0] * 4)

    assert with_few.middle == pytest.approx(usual.middle, rel=0.02)


def test_a_plan_is_made_in_no_time_whatever_was_remembered():
    import time

    begin = time.process_time()
    next_delay(5, expectation("something_new", [1.0, 1e6] * 30))
    next_delay(5, expectation("video_diffusion", [90_000.0] * 60))

    assert time.process_time() - begin < 2
