"""Jobs over time, on a clock that the test moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.sandbox.media.producer import OnDone
from legnext_widgets.sandbox.simulation.accounts import Account, NotEnoughPointsError
from legnext_widgets.sandbox.simulation.clock import ManualClock
from legnext_widgets.sandbox.simulation.jobs import Failure, Job, MediaFile, Order
from legnext_widgets.sandbox.simulation.scheduler import Scheduler


class HeldProducer:
    """Makes nothing until the test calls `finish`."""

    note: str | None = None

    def __init__(self) -> None:
        self.begun: list[Job] = []
        self._on_done: OnDone | None = None

    def start(self, job: Job, on_done: OnDone) -> None:
        self.begun.append(job)
        self._on_done = on_done

    def close(self) -> None:
        pass

    def finish(self, job: Job, failure: Failure | None = None) -> None:
        assert self._on_done is not None
        self._on_done(job, failure or [MediaFile("/media/x.mp4", Path("x.mp4"))], None)


class Bench:
    """A scheduler with a manual clock."""

    def __init__(self, speed: float = 1.0, points: int = 100_000) -> None:
        self.clock = ManualClock(1_000_000)
        self.producer = HeldProducer()
        self.ended: list[Job] = []
        self.scheduler = Scheduler(
            self.clock, speed, seed=1, producer=self.producer, on_ended=self.ended.append
        )
        self.account = Account(1, points)

    def submit(self, kind: str = "video_diffusion", failure: Failure | None = None) -> Job:
        return self.scheduler.submit(self.account, Order(kind, PromptParts("x")), None, failure)

    def turn(self, seconds: float) -> float | None:
        self.clock.advance(seconds)
        return self.scheduler.advance()


def test_a_job_that_cannot_be_started_fails_and_delays_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    begin = bench.producer.start

    def start(job: Job, on_done: OnDone) -> None:
        if job is broken:
            raise FileNotFoundError("its source is gone")
        begin(job, on_done)

    monkeypatch.setattr(bench.producer, "start", start)
    broken, sound = bench.submit(), bench.submit()
    for _ in range(2):
        bench.turn(1)
    assert broken.status == "failed"
    assert broken.failure is not None
    assert "its source is gone" in broken.failure.message
    assert bench.producer.begun == [sound]


def test_job_goes_through_all_statuses_when_they_are_due() -> None:
    bench = Bench()
    job = bench.submit()
    seen = [job.status]
    for _ in range(400):
        bench.turn(1)
        if bench.producer.begun and job.outputs is None:
            bench.producer.finish(job)
        if job.status != seen[-1]:
            seen.append(job.status)
    assert seen == ["pending", "staged", "processing", "completed"]
    assert job.ended is not None
    assert 150 <= job.ended - job.created <= 302
    assert bench.ended == [job]


def test_speed_divides_all_times() -> None:
    bench = Bench(speed=60)
    job = bench.submit()
    bench.turn(0)
    bench.producer.finish(job)
    bench.turn(149 / 60)
    assert job.status == "processing"
    bench.turn(152 / 60)
    assert job.status == "completed"


def test_job_is_not_completed_before_its_clips_are_there() -> None:
    bench = Bench()
    job = bench.submit()
    bench.turn(0)
    bench.turn(1000)
    bench.turn(1000)
    assert job.status == "processing"
    bench.producer.finish(job)
    bench.turn(0)
    assert job.status == "completed"


def test_six_run_at_once_and_the_rest_wait_in_order() -> None:
    bench = Bench()
    jobs = [bench.submit() for _ in range(9)]
    bench.turn(0)
    assert bench.producer.begun == jobs[:6]
    bench.turn(400)
    assert [job.status for job in jobs[6:]] == ["pending"] * 3
    bench.producer.finish(jobs[2])
    bench.turn(0)
    bench.turn(0)
    assert jobs[2].status == "completed"
    assert bench.producer.begun == [*jobs[:6], jobs[6]]
    assert bench.account.points == 100_000 - 9 * 480


def test_accounts_do_not_wait_for_one_another() -> None:
    bench = Bench()
    for _ in range(8):
        bench.submit()
    bench.account = Account(2, 1000)
    other = bench.submit()
    bench.turn(0)
    assert other in bench.producer.begun


def test_failed_rendering_fails_the_job_and_gives_points_back() -> None:
    bench = Bench(points=480)
    job = bench.submit()
    bench.turn(0)
    bench.producer.finish(job, Failure(400, "no picture"))
    bench.turn(0)
    assert job.status == "failed"
    assert job.started is not None
    assert bench.account.points == 480
    assert bench.account.running == set()


def test_job_with_a_planned_failure_renders_nothing_and_fails_on_its_way() -> None:
    bench = Bench()
    job = bench.submit(failure=Failure(500, "bad luck"))
    for _ in range(60):
        bench.turn(5)
    assert job.status == "failed"
    assert bench.producer.begun == []


def test_job_beyond_the_points_is_refused() -> None:
    bench = Bench(points=100)
    with pytest.raises(NotEnoughPointsError):
        bench.submit()
    bench.submit("diffusion")
    assert bench.account.points == 20


def test_advance_returns_when_the_next_thing_is_due() -> None:
    bench = Bench()
    assert bench.turn(0) is None
    job = bench.submit()
    bench.turn(0)
    due = bench.turn(0)
    assert due == pytest.approx(job.durations.staged)
    bench.turn(job.durations.final)
    bench.turn(0)
    assert bench.turn(0) is None, "only the producer can go on"


@pytest.mark.parametrize("speed", [1, 7, 3_333, 99_999])
def test_what_is_due_is_done_at_that_very_moment(speed: float) -> None:
    bench = Bench(speed)
    for number in range(50):
        failure = Failure(500, "x") if number % 2 else None
        job = bench.submit("diffusion", failure)
        while not job.done:
            bench.scheduler.run_due()
            if job in bench.producer.begun and job.outputs is None:
                bench.producer.finish(job)
            seconds = bench.scheduler.advance()
            assert seconds is not None
            # The clock lands on the due time itself, as near as floats can.
            bench.turn(seconds)
            bench.scheduler.run_due()
