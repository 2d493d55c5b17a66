"""The library's jobs and videos are those of the client."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

import legnext_widgets as lw
from legnext_widgets.client.handles.jobs import Job, Video
from legnext_widgets.client.session.store import ClipStore
from legnext_widgets.library import Library
from legnext_widgets.widgets.kernel.snapshots import snapshot
from tests.library import job_factory
from tests.library.test_clips import Download
from tests.support import mp4
from tests.support.task_factory import FIRST_DAY, task


def test_library_is_a_clip_store(library: Library) -> None:
    assert isinstance(library, ClipStore)


async def test_jobs_and_videos_come_newest_first_and_can_be_searched(library: Library) -> None:
    cat = await job_factory.job(library, "a cat")
    dog = await job_factory.job(library, "a dog", sent_at=FIRST_DAY.replace(day=21))
    running = await job_factory.job(library, "a whale", status="processing")
    assert {job.id for job in library.jobs()} == {cat, dog, running}
    assert [job.id for job in library.jobs(status="completed")] == [dog, cat]
    assert [job.id for job in library.jobs(search="whale")] == [running]
    videos = library.videos(search="dog")
    assert [(video.job_id, video.index) for video in videos] == [(dog, n) for n in range(4)]
    assert all(isinstance(video, Video) for video in videos)
    assert [job.id for job in library.unfinished()] == [running]


async def test_a_list_of_jobs_takes_hardly_longer_than_their_records(library: Library) -> None:
    for number in range(100):
        await job_factory.job(library, f"https://example.com/a.png a cat, take {number} --raw")

    def seconds_of(read: Callable[[], object]) -> float:
        begun = time.thread_time()
        read()
        return time.thread_time() - begun

    library.jobs()
    records = min(seconds_of(library.records) for _ in range(10))
    jobs = min(seconds_of(library.jobs) for _ in range(10))

    # Requests and answers are read when they are first used; all at once it was three times.
    assert jobs < 2 * records
    assert library.jobs()[0].prompt.startswith("a cat, take")


async def test_a_job_of_the_library_knows_its_request(library: Library) -> None:
    job_id = await job_factory.job(library, "https://example.com/a.png a cat --motion high")
    job = library.get(job_id)
    assert isinstance(job, Job)
    assert job.done
    assert job.request is not None
    assert job.request.payload()["prompt"] == "https://example.com/a.png a cat --motion high"
    assert job.usage.consumed == 480
    assert library.get("nowhere") is None


async def test_a_kept_clip_is_saved_without_the_service(library: Library, tmp_path: Path) -> None:
    job_id = await job_factory.job(library)
    await library.keep(job_id, 1, Download(mp4.clip(b"the clip")))
    video = library.videos()[1]
    assert video.read() == mp4.clip(b"the clip")
    assert video.save(tmp_path / "mine.mp4").read_bytes() == mp4.clip(b"the clip")


async def test_an_uncertain_attempt_is_a_job_that_says_so(library: Library) -> None:
    begun = job_factory.attempt("https://example.com/a.png a cat")
    await library.intend(begun)
    await library.mark_uncertain(begun.id, "the connection broke")
    (job,) = library.uncertain()
    assert job.status == "uncertain"
    assert "the connection broke" in str(job.error)
    assert "running jobs" not in str(job.error)  # they were not asked for
    assert f'library.forget("{begun.id}")' in str(job.error)


async def test_a_completed_job_of_the_library_needs_no_client_to_be_waited_for(
    library: Library,
) -> None:
    job = library.get(await job_factory.job(library))
    assert job is not None

    assert job.wait() is job
    assert await job is job


async def test_a_failed_job_of_the_library_raises_its_failure_without_a_client(
    library: Library,
) -> None:
    job = library.get(await job_factory.job(library, status="failed"))
    assert job is not None

    with pytest.raises(lw.JobFailedError):
        job.wait()
    with pytest.raises(lw.JobFailedError):
        await job


async def test_a_running_job_of_the_library_names_the_client_that_is_needed(
    library: Library,
) -> None:
    job = library.get(await job_factory.job(library, status="processing"))
    assert job is not None

    with pytest.raises(lw.LegnextError, match=r"use client\.job\("):
        job.wait()


@pytest.mark.parametrize("call", ["jobs", "videos", "export"])
def test_an_unknown_filter_is_named_with_those_that_exist(
    library: Library, tmp_path: Path, call: str
) -> None:
    given = [tmp_path] if call == "export" else []
    with pytest.raises(TypeError, match=rf"{call}\(\) has no option 'favorite'. Did you mean 'fav"):
        getattr(library, call)(*given, favorite=True)


async def test_a_stored_link_without_its_signature_counts_as_expired(library: Library) -> None:
    signed = [f"https://image.example/{n}.mp4?Expires=4000000000&Signature=x" for n in range(4)]
    job = library.get(await job_factory.job(library, urls=signed))
    assert job is not None
    assert job.videos[0].url == "https://image.example/0.mp4"
    assert all(video.expired for video in job.videos)
    assert "<video" not in job._repr_html_()
    assert [media["expires"] for media in snapshot(job.state, sandbox=False)["media"]] == [0.0] * 4

    lasting = [f"https://cdn.example/temp/{n}.mp4" for n in range(4)]
    other = library.get(await job_factory.job(library, urls=lasting))
    assert other is not None
    assert not any(video.expired for video in other.videos)
    for urls in (signed, lasting):
        job.state.take(lw.Task.of(task(job.id, "completed", urls=urls)))
        assert not any(video.expired for video in job.videos)
