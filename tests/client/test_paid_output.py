"""What was paid for stays in sight after any later answer, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.task_updates import after_answer, with_places
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.library import Library
from tests.support import mp4
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import task
from tests.support.waiting import wait_until

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
IMAGE = "https://example.com/a.png"


def links(word: str, count: int = 4) -> list[str]:
    return [f"https://media.legnext.ai/{number}.mp4?{word}" for number in range(count)]


COMPLETED = task(JOB, "completed", urls=links("first"))
FRESH = task(JOB, "completed", urls=links("fresh", 1))
ANSWERS = {
    "running": task(JOB, "processing"),
    "failed": task(JOB, "failed"),
    "without links": COMPLETED | {"output": {"video_urls": None}},
    "without output": COMPLETED | {"output": None},
    "without status": {"job_id": JOB},
    "completed": COMPLETED,
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def completed(
    connect: Callable[..., Any], stub: RawService, library: Library
) -> tuple[Any, Any, dict[str, Any]]:
    """Make a client with a job whose clips are kept."""
    client = connect(library=library, timeout=5)
    stub.others["/clip"] = lambda _: Reply(200, mp4.clip(), {"Content-Type": "video/mp4"})
    job = client.video_diffusion("a sea", image_url=IMAGE)
    made = task(job.id, "completed", urls=[f"{stub.url}/clip{n}.mp4" for n in range(4)])
    stub.jobs[job.id] = made
    job.wait()
    wait_until(lambda: all(video.kept for video in job.videos), "the clips are kept")
    return client, job, made


LATER = {
    "without output": lambda made: made | {"output": None},
    "without links": lambda made: made | {"output": {"video_urls": None}},
    "one link": lambda made: made | {"output": {"video_urls": made["output"]["video_urls"][:1]}},
    "failed": lambda made: task(made["job_id"], "failed"),
    "running": lambda made: task(made["job_id"], "processing"),
}


@pytest.mark.parametrize("later", LATER)
def test_a_later_answer_takes_no_kept_clip_out_of_sight(
    completed: Any, stub: RawService, library: Library, tmp_path: Path, later: str
) -> None:
    client, job, made = completed
    stub.jobs[job.id] = LATER[later](made)

    job.refresh()
    client.job(job.id).refresh()

    assert (job.status, job.done, len(job.videos), job.error) == ("completed", True, 4, None)
    assert len(job.download(tmp_path / "out")) == 4
    wait_until(lambda: not library.unfinished(), "it is stored as final")
    assert [video.job_id for video in library.videos()] == [job.id] * 4
    library.export(tmp_path / "export")
    assert len(list((tmp_path / "export").glob("*.mp4"))) == 4


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("reuse", [True, "renew"])
def test_what_is_kept_is_not_paid_for_again(
    completed: Any, connect: Any, stub: RawService, library: Library, later: str, reuse: Any
) -> None:
    client, job, made = completed
    stub.jobs[job.id] = LATER[later](made)
    job.refresh()

    next_session = connect(library=library, timeout=5)
    next_session.job(job.id).refresh()
    for asked in (client, next_session):
        again = asked.video_diffusion("a sea", image_url=IMAGE, reuse=reuse)
        assert (again.id, again.reused, len(again.videos)) == (job.id, True, 4)
    assert len(stub.posted) == 1


def test_the_budget_keeps_the_points_of_a_job_that_is_called_failed_later(
    completed: Any, stub: RawService
) -> None:
    client, job, _ = completed
    stub.jobs[job.id] = task(job.id, "failed", points=0)

    job.refresh()

    assert client.session.budget.spent == 480


def test_output_after_a_failure_counts(connect: Any, stub: RawService, library: Library) -> None:
    client = connect(library=library, timeout=5)
    job = client.video_diffusion("a sea", image_url=IMAGE)
    stub.jobs[job.id] = task(job.id, "failed", points=0)
    with pytest.raises(lw.JobFailedError):
        job.wait()
    assert client.session.budget.spent == 0
    stub.jobs[job.id] = task(job.id, "completed")

    job.refresh()

    assert job.wait().status == "completed"
    assert (len(job.videos), job.error) == (4, None)
    assert client.session.budget.spent == 480
    wait_until(lambda: len(library.videos()) == 4, "it is stored")
    assert client.video_diffusion("a sea", image_url=IMAGE, reuse=True).id == job.id
    assert len(stub.posted) == 1


def test_a_fresh_link_replaces_the_one_at_its_place() -> None:
    known = Task.of(COMPLETED)

    found = after_answer(known, Task.of(FRESH))

    assert found.output.video_urls == [*links("fresh", 1), *links("first")[1:]]
    assert found.points == 480
    assert after_answer(found, Task.of(FRESH)).raw == found.raw


def test_images_stay_as_clips_do() -> None:
    made = {"image_urls": [IMAGE, IMAGE], "image_url": IMAGE, "video_urls": None}
    known = Task.of(task(JOB, "completed", "diffusion") | {"output": made})

    for output in (None, {}, {"image_urls": ["", None], "image_url": ""}, {"image_url": IMAGE}):
        answer = Task.of(task(JOB, "completed", "diffusion") | {"output": output})
        found = after_answer(known, answer)
        assert found.output.image_urls == [IMAGE, IMAGE]
        assert found.output.image_url == IMAGE


def test_an_answer_with_everything_is_used_as_it_came() -> None:
    answer = Task.of(task(JOB, "completed", urls=links("fresh")))

    assert after_answer(Task.of(COMPLETED), answer) is answer


def test_an_answer_without_points_and_times_does_not_take_them_away() -> None:
    found = after_answer(Task.of(COMPLETED), Task.of(COMPLETED | {"meta": None}))

    assert (found.points, found.duration) == (480, 156)


def test_the_order_of_answers_makes_no_difference() -> None:
    for order in permutations(ANSWERS):
        state = JobState(JOB)
        for name in order:
            state.take(Task.of(ANSWERS[name]))

        assert (state.status, state.done, state.completed) == ("completed", True, True), order
        assert state.task is not None
        assert state.task.output.video_urls == links("first")


def test_a_failure_stays_where_no_output_ever_came() -> None:
    state = JobState(JOB)
    for name in ("without links", "failed", "without links", "running", "without status"):
        state.take(Task.of(ANSWERS[name]))

    assert (state.status, state.done) == ("failed", True)


def test_a_job_that_lost_its_links_gets_a_place_for_each_kept_clip() -> None:
    found = with_places(Task.of(ANSWERS["failed"]), {0, 3})

    assert (found.status, found.output.video_urls, found.error) == ("completed", [None] * 4, None)
    whole = Task.of(COMPLETED)
    assert with_places(whole, {0, 1}) is whole
