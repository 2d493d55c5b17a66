"""When to poll next, as a pure function, and what it costs over many jobs."""

from __future__ import annotations

import random
from statistics import mean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import polling
from legnext_widgets.client import schedule
from legnext_widgets.client.schedule import DEFAULT_PACE, Pace, expectation, next_delay
from tests.support.report import note_figures

KINDS = ["video_diffusion", "extend_video", "video_upscale", "diffusion", "something_new"]


def test_videos_that_take_as_long_as_documented_are_noticed_soon_with_few_polls():
    """Bounds of the design: 3 s mean lag, 12 s at worst, 30 polls."""
    draw = random.Random(11)
    for takes in (polling.documented, polling.video):
        jobs = [takes(draw) for _ in range(5000)]
        found = polling.polled(jobs, polling.ours(expectation("video_diffusion")))

        assert found.lag <= 3.0
        assert found.longest_lag <= 12
        assert found.requests <= 30
        assert found.latest < 1
        assert found.shortest >= DEFAULT_PACE.shortest
    note_figures("polling, simulated", polling.lines(polling.compared(2000)))


def test_with_history_the_bounds_hold_on_average():
    draw = random.Random(12)
    found = []
    for _ in range(12):
        history = [polling.video(draw) for _ in range(60)]
        jobs = [polling.video(draw) for _ in range(500)]
        plan = polling.ours(expectation("video_diffusion", history))
        found.append(polling.polled(jobs, plan))

    assert mean(one.lag for one in found) <= 3.0
    assert max(one.longest_lag for one in found) <= 12
    assert mean(one.requests for one in found) <= 30


@pytest.mark.parametrize("slowness", polling.SLOWNESS)
@pytest.mark.parametrize("kind", polling.KINDS)
def test_a_service_of_another_speed_is_polled_well_without_history(kind, slowness):
    """Bound of the design: 5.5 s mean lag when the service is 0.4 or 2 times as slow."""
    draw = random.Random(13)
    jobs = [polling.KINDS[kind](draw) * slowness for _ in range(3000)]

    assert polling.polled(jobs, polling.ours(expectation(kind))).lag <= 5.5


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(KINDS),
    st.lists(st.floats(0.01, 1e6), max_size=60),
    st.floats(0, 1e9),
    st.sampled_from([1.0, 2.0, 60.0]),
)
def test_no_history_and_no_age_break_the_bounds(kind, history, age, speed):
    wait = next_delay(age, expectation(kind, history), speed=speed) * speed

    assert DEFAULT_PACE.shortest <= wait * 1.000001
    assert wait <= DEFAULT_PACE.longest * 1.000001
    # Noticed before it is twice as old.
    assert wait <= max(DEFAULT_PACE.shortest, age * speed) * 1.000001


def test_the_bounds_are_those_of_the_pace():
    pace = Pace(shortest=0.5, longest=0.5)

    assert next_delay(200, expectation("video_diffusion"), pace=pace) == 0.5


def test_a_job_that_ends_at_once_is_noticed_before_it_is_twice_as_old():
    for kind in KINDS:
        for duration in (2.5, 5, 20, 60, 119, 1000, 5000):
            found = polling.polled([duration], polling.ours(expectation(kind)))
            most = min(DEFAULT_PACE.longest, duration + DEFAULT_PACE.shortest)
            assert found.longest_lag <= most + polling.NETWORK


def test_a_job_is_polled_most_often_when_it_is_most_likely_to_end():
    expected = expectation("video_diffusion")
    waits = {age: next_delay(age, expected) for age in (20, 100, 200, 250, 600)}

    assert waits[20] == waits[600] == DEFAULT_PACE.longest
    assert waits[250] < waits[200] < waits[100]


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
