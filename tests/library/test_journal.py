"""The library as the client's job store."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

from legnext_widgets.client.session.store import JobStore
from legnext_widgets.library import Library
from tests.library import job_factory
from tests.library.job_factory import REAL
from tests.support.task_factory import FIRST_DAY, task


def test_library_is_a_job_store(library: Library) -> None:
    assert isinstance(library, JobStore)


async def test_a_job_is_known_to_a_second_library_as_soon_as_accept_returns(
    library: Library, folder: Path
) -> None:
    begun = job_factory.attempt("a cat")
    job_id = job_factory.new_id()
    await library.intend(begun)
    await library.accept(begun.id, job_id, b"not even JSON {")
    with Library(folder) as second:
        record = second.record(job_id)
    assert record is not None
    assert record.state == "accepted"
    assert record.status == "pending"
    assert record.attempt == begun


async def test_the_answer_to_the_post_already_gives_the_status(library: Library) -> None:
    begun = job_factory.attempt()
    answer = task(job_factory.new_id(), "staged")
    await library.intend(begun)
    await library.accept(begun.id, answer["job_id"], json.dumps(answer).encode())
    record = library.record(answer["job_id"])
    assert record is not None
    assert (record.status, record.kind) == ("staged", "video_diffusion")


async def test_a_slow_answer_does_not_take_back_a_final_one(library: Library) -> None:
    job_id = await job_factory.job(library)
    await library.observe(REAL, task(job_id, "processing"))
    record = library.record(job_id)
    assert record is not None
    assert record.status == "completed"


async def test_a_poll_that_saw_the_job_before_its_own_attempt_did_is_merged(
    library: Library,
) -> None:
    begun, job_id = job_factory.attempt("a dog"), job_factory.new_id()
    await library.intend(begun)
    await library.observe(REAL, task(job_id, "completed"))
    library.favourite(job_id)
    await library.accept(begun.id, job_id, b"")
    (record,) = library.records()
    assert record.attempt == begun
    assert record.favourite
    assert record.status == "completed"
    assert [found.job_id for found in library.records(search="dog")] == [job_id]


async def test_refused_attempts_are_neither_jobs_nor_uncertain(library: Library) -> None:
    begun = job_factory.attempt()
    await library.intend(begun)
    await library.refuse(begun.id, "402: not enough credits")
    assert library.records() == []
    assert library.uncertain_records() == []


async def test_an_uncertain_attempt_is_listed_with_its_reason_until_its_job_is_found(
    library: Library,
) -> None:
    begun = job_factory.attempt()
    await library.intend(begun)
    await library.mark_uncertain(begun.id, "the connection broke")
    (record,) = library.uncertain_records()
    assert (record.attempt, record.reason) == (begun, "the connection broke")
    await library.accept(begun.id, job_factory.new_id(), b"")
    assert library.uncertain_records() == []


async def test_an_attempt_under_way_is_not_uncertain_while_its_library_is_open(
    folder: Path,
) -> None:
    with Library(folder) as other:
        with Library(folder) as library:
            await library.intend(job_factory.attempt())
            assert library.uncertain_records() == []
            assert other.uncertain_records() == []
        (record,) = other.uncertain_records()
        assert record.state == "uncertain"


async def test_a_job_that_the_service_lost_is_not_unfinished_any_more(library: Library) -> None:
    job_id = await job_factory.job(library, status="processing")
    assert [record.job_id for record in library.unfinished_records()] == [job_id]
    await library.abandon(job_id, "404: no such job")
    assert library.unfinished_records() == []
    await library.observe(REAL, task(job_id, "processing"))
    assert [record.job_id for record in library.unfinished_records()] == [job_id]


async def test_no_signature_and_no_secret_reaches_the_disk(library: Library, folder: Path) -> None:
    job_id = job_factory.new_id()
    begun = job_factory.attempt(
        "https://files.example.com/a.png?X-Amz-Signature=SECRETSIG&w=1 a cat",
        callback="https://me:SECRETUSER@example.com/hook?token=SECRETTOKEN",
    )
    await library.intend(begun)
    await library.accept(begun.id, job_id, json.dumps(task(job_id, "completed")).encode())
    await library.mark_uncertain(begun.id, "GET https://x.org/a?Signature=SECRETREASON failed")
    library.close()
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"SECRET" not in written
    assert b"Signature=" not in written
    record = library.record(job_id)
    assert record is not None
    assert record.task is not None
    assert record.task["output"]["video_urls"][0].endswith("_0.mp4")
    assert record.task["config"]["webhook_config"]["secret"] == ""


async def test_harmless_queries_stay_in_links(library: Library) -> None:
    begun = job_factory.attempt("https://files.example.com/a.png?width=640&v=2 a cat")
    await library.intend(begun)
    await library.accept(begun.id, "j", b"")
    record = library.record("j")
    assert record is not None
    assert record.attempt is not None
    assert record.attempt.payload == begun.payload


def test_many_threads_with_their_own_loops_write_at_once(library: Library) -> None:
    def work() -> None:
        async def several() -> None:
            await asyncio.gather(*(job_factory.job(library) for _ in range(10)))

        asyncio.run(several())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.count() == 80
    assert library.problem is None


async def test_a_cancelled_wait_does_not_cancel_the_write(library: Library) -> None:
    begun = job_factory.attempt()
    await library.intend(begun)
    waiting = asyncio.ensure_future(library.accept(begun.id, "the-job", b""))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    library.close()
    assert library.record("the-job") is not None


async def test_a_closed_library_opens_again_by_being_used(library: Library) -> None:
    library.close()
    job_id = await job_factory.job(library)
    library.close()
    assert library.record(job_id) is not None


async def test_odd_answers_are_recorded_without_problems(library: Library) -> None:
    odd_answers: tuple[dict[str, object], ...] = (
        {"status": None, "meta": "soon", "output": 7},
        {"status": "dreaming", "meta": {"created_at": "yesterday", "usage": [1]}},
        {"meta": {"usage": {"frozen": float("1e400"), "consume": True}}, "task_type": 3},
    )
    for number, odd in enumerate(odd_answers):
        await library.observe(REAL, {"job_id": f"odd-{number}", **odd})
        assert library.record(f"odd-{number}") is not None
    assert library.problem is None


async def test_durations_are_the_newest_completed_ones_newest_first(library: Library) -> None:
    for number in range(3):
        await library.observe(
            REAL,
            task(
                f"job-{number}",
                "completed",
                seconds=100 + number,
                created=FIRST_DAY.replace(day=1 + number),
            ),
        )
    await library.observe(REAL, task("failed", "failed", seconds=3))
    await library.observe(REAL, task("image", "completed", "diffusion", seconds=40))
    assert list(library.durations("video_diffusion", sandbox=False)) == [102, 101, 100]


@pytest.mark.parametrize("status", ["Completed", "FAILED", " completed "])
async def test_a_final_status_is_final_in_any_case(library: Library, status: str) -> None:
    job_id = await job_factory.job(library, status="processing")
    await library.observe(REAL, task(job_id, "completed") | {"status": status})
    assert library.unfinished_records() == []
    record = library.record(job_id)
    assert record is not None
    assert record.status == status.strip().lower()
    (job,) = library.jobs()
    assert job.done
    await library.observe(REAL, task(job_id, "processing"))
    assert library.unfinished_records() == []


async def test_an_answer_without_a_status_is_no_news_of_it(library: Library) -> None:
    job_id = await job_factory.job(library, status="staged")
    await library.observe(REAL, {"job_id": job_id})
    record = library.record(job_id)
    assert record is not None
    assert record.status == "staged"
