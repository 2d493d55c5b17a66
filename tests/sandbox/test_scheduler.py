"""Jobs over time, on a clock that the test moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from legnext_widgets.sandbox.accounts import Account
from legnext_widgets.sandbox.jobs import Job, Order, Output, Trouble
from legnext_widgets.sandbox.orders import Refusal
from legnext_widgets.sandbox.production import Made
from legnext_widgets.sandbox.scheduler import Scheduler

from legnext_widgets.client.prompts import PromptParts


class HeldProduction:
    """Makes nothing until the test says so."""

    note: str | None = None

    def __init__(self) -> None:
        self.begun: list[Job] = []
        self._made: Made | None = None

    def start(self, job: Job, made: Made) -> None:
        self.begun.append(job)
        self._made = made

    def still(self, name: str) -> Path:
        return Path(name)

    def close(self) -> None:
        pass

    def finish(self, job: Job, trouble: Trouble | None = None) -> None:
        assert self._made is not None
        self._made(job, trouble or [Output("/media/x.mp4", Path("x.mp4"))], None)


class Bench:
    """A scheduler with a clock to turn."""

    def __init__(self, speed: float = 1.0, points: int = 100_000) -> None:
        self.now = 1_000_000.0
        self.production = HeldProduction()
        self.ended: list[Job] = []
        self.scheduler = Scheduler(lambda: self.now, speed, 1, self.production, self.ended.append)
        self.account = Account(1, points)

    def submit(self, kind: str = "video_diffusion", doom: Trouble | None = None) -> Job:
        return self.scheduler.submit(self.account, Order(kind, PromptParts("x")), None, doom)

    def turn(self, seconds: float) -> float | None:
        self.now += seconds
        return self.scheduler.advance()


def test_a_job_that_cannot_be_begun_fails_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    begin = bench.production.start

    def start(job: Job, made: Made) -> None:
        if job is broken:
            raise FileNotFoundError("its source is gone")
        begin(job, made)

    monkeypatch.setattr(bench.production, "start", start)
    broken, sound = bench.submit(), bench.submit()
    for _ in range(2):
        bench.turn(1)
    assert broken.status == "failed"
    assert broken.trouble is not None
    assert "its source is gone" in broken.trouble.message
    assert bench.production.begun == [sound]


def test_job_goes_through_all_statuses_when_they_are_due() -> None:
    bench = Bench()
    job = bench.submit()
    seen = [job.status]
    for _ in range(400):
        bench.turn(1)
        if bench.production.begun and job.outputs is None:
            bench.production.finish(job)
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
    bench.production.finish(job)
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
    bench.production.finish(job)
    bench.turn(0)
    assert job.status == "completed"


def test_six_run_at_once_and_the_rest_wait_in_order() -> None:
    bench = Bench()
    jobs = [bench.submit() for _ in range(9)]
    bench.turn(0)
    assert bench.production.begun == jobs[:6]
    bench.turn(400)
    assert [job.status for job in jobs[6:]] == ["pending"] * 3
    bench.production.finish(jobs[2])
    bench.turn(0)
    bench.turn(0)
    assert jobs[2].status == "completed"
    assert bench.production.begun == [*jobs[:6], jobs[6]]
    assert bench.account.points == 100_000 - 9 * 480


def test_accounts_do_not_wait_for_one_another() -> None:
    bench = Bench()
    for _ in range(8):
        bench.submit()
    bench.account = Account(2, 1000)
    other = bench.submit()
    bench.turn(0)
    assert other in bench.production.begun


def test_failed_rendering_fails_the_job_and_gives_points_back() -> None:
    bench = Bench(points=480)
    job = bench.submit()
    bench.turn(0)
    bench.production.finish(job, Trouble(400, "no picture"))
    bench.turn(0)
    assert job.status == "failed"
    assert job.started is not None
    assert bench.account.points == 480
    assert bench.account.running == set()


def test_doomed_job_renders_nothing_and_fails_on_its_way() -> None:
    bench = Bench()
    job = bench.submit(doom=Trouble(500, "bad luck"))
    for _ in range(60):
        bench.turn(5)
    assert job.status == "failed"
    assert bench.production.begun == []


def test_job_beyond_the_points_is_refused() -> None:
    bench = Bench(points=100)
    with pytest.raises(Refusal) as refused:
        bench.submit()
    assert refused.value.status == 402
    bench.submit("diffusion")
    assert bench.account.points == 20


def test_scheduler_says_when_it_wants_to_be_asked_again() -> None:
    bench = Bench()
    assert bench.turn(0) is None
    job = bench.submit()
    bench.turn(0)
    due = bench.turn(0)
    assert due == pytest.approx(job.timetable.staged)
    bench.turn(job.timetable.final)
    bench.turn(0)
    assert bench.turn(0) is None, "only the production can go on"
