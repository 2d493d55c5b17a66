"""What a job says of itself: while polls fail, when time is up, when it has nothing to download."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support import mp4
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import NEVER, task
from tests.support.waiting import wait_until

from .both_clients import quick
from .conftest import KEY

IMAGE = "https://example.com/a.png"
UNKNOWN = "bb40cae1-edd9-4cb0-9f66-e029b4439100"


# --- downloading ----------------------------------------------------------------------------------


def test_a_bare_id_is_asked_for_before_its_videos_are_downloaded(connect, stub, tmp_path):
    stub.others["/clip"] = lambda _: Reply(200, mp4.clip())
    stub.jobs[UNKNOWN] = task(UNKNOWN, "completed", urls=[f"{stub.url}/clip{n}" for n in range(2)])

    saved = connect().job(UNKNOWN).download(tmp_path)

    assert [path.read_bytes() for path in saved] == [mp4.clip()] * 2
    assert len(stub.polled) == 1


def test_a_bare_id_that_is_unknown_cannot_be_downloaded(connect, tmp_path):
    with pytest.raises(lw.NotFoundError):
        connect().job(UNKNOWN).download(tmp_path)


def test_a_running_job_has_nothing_to_download_yet(client, stub, tmp_path):
    job = client.video_diffusion("a sea", image_url=IMAGE)

    with pytest.raises(lw.DownloadError, match=r"not done .*pending.* Call wait\(\) first"):
        job.download(tmp_path)


def test_a_failed_job_raises_its_error_when_it_is_downloaded(client, stub, tmp_path):
    job = client.video_diffusion("a sea", image_url=IMAGE)
    stub.jobs[job.id] = task(job.id, "failed")

    with pytest.raises(lw.JobFailedError):
        job.wait()
    with pytest.raises(lw.JobFailedError, match="images could not be read"):
        job.download(tmp_path)


def test_an_image_job_has_images_and_no_videos(client, stub, tmp_path):
    job = client.diffusion("a cat")
    output = {"image_urls": [IMAGE] * 4, "image_url": IMAGE}
    stub.jobs[job.id] = task(job.id, "completed", "diffusion") | {"output": output}
    job.wait()

    with pytest.raises(lw.DownloadError, match=r"has images, not videos.*job\.images"):
        job.download(tmp_path)


# --- polls that fail ------------------------------------------------------------------------------


def test_a_failed_job_is_read_from_an_answer_with_http_403(client, stub):
    job = client.video_diffusion("a sea", image_url=IMAGE)
    failed = task(job.id, "failed") | {"error": {"code": 403, "message": "Sensitive content"}}
    stub.others["/api/v1/job/"] = lambda _: Reply(403, failed)

    with pytest.raises(lw.JobFailedError, match="Sensitive content") as raised:
        job.wait(10)

    assert (raised.value.code, job.status) == (403, "failed")


@pytest.mark.parametrize(
    "other",
    [task(UNKNOWN, "failed"), task(UNKNOWN, "processing"), {"status": "failed", "job_id": ""}],
)
def test_a_task_that_is_not_its_own_final_one_is_no_answer_in_a_403(connect, stub, other):
    client = connect()
    job = client.video_diffusion("a sea", image_url=IMAGE)
    stub.others["/api/v1/job/"] = lambda _: Reply(403, other)

    with pytest.raises(lw.PermissionDeniedError):
        job.refresh()

    assert job.status == "pending"


@pytest.mark.parametrize("status", [400, 409, 410, 413, 422])
def test_a_question_that_the_service_cannot_use_is_not_asked_for_ever(connect, stub, status):
    client = connect()
    stub.others["/api/v1/job/"] = lambda _: Reply(status, {"code": status, "message": "bad id"})

    with pytest.raises(lw.APIError, match="bad id") as raised:
        client.job(UNKNOWN).wait(20)

    assert raised.value.status_code == status
    assert len(stub.polled) >= 3


@pytest.mark.parametrize("reply", [Reply(400, b"<html>no</html>"), Reply(425, {"code": 425})])
def test_an_error_page_of_a_proxy_and_a_passing_error_end_no_wait(client, stub, reply):
    job = client.diffusion("a cat")
    stub.polls = [reply] * 8
    stub.jobs[job.id] = task(job.id, "completed", "diffusion")

    assert job.wait(20).status == "completed"


def test_what_is_wrong_while_polls_fail_is_a_warning_and_no_error(client, stub):
    job = client.diffusion("a cat")
    stub.others["/api/v1/job/"] = lambda _: Reply(503, {"code": 503, "message": "Too busy now"})

    wait_until(lambda: job.warning is not None, "a poll has failed", every=0.01)

    assert "Too busy now" in str(job.warning)
    assert job.error is None
    assert "last check failed" in repr(job)
    with pytest.raises(lw.JobTimeoutError, match=r"It continues at the service.*Too busy now"):
        job.wait(0.1)
    stub.others.clear()
    stub.jobs[job.id] = task(job.id, "completed", "diffusion")
    job.wait(10)
    assert job.warning is None
    assert "failed" not in repr(job)


def test_a_job_that_was_never_seen_is_not_said_to_continue(connect, stub):
    client = connect()
    stub.others["/api/v1/job/"] = lambda _: Reply(503, {"code": 503, "message": "Too busy now"})
    job = client.job(UNKNOWN)
    with pytest.raises(lw.JobTimeoutError):
        job.wait(0.01)
    wait_until(lambda: job.warning is not None, "a poll has failed", every=0.01)

    with pytest.raises(lw.JobTimeoutError, match=r"no status of job .*Too busy now") as raised:
        job.wait(0.1)

    assert "continues" not in str(raised.value)


def test_a_wait_for_several_says_the_same(stub):
    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        seen = client.diffusion("a cat")
        stub.others["/api/v1/job/"] = lambda _: Reply(503, {"code": 503, "message": "Too busy"})
        wait_until(lambda: seen.warning is not None, "a poll has failed", every=0.01)
        with pytest.raises(lw.JobTimeoutError, match=r"They continue at the service.*Too busy"):
            lw.wait([seen], 0.1)
        with pytest.raises(lw.JobTimeoutError) as raised:
            lw.wait([client.job(UNKNOWN)], 0.1)
        assert "continue" not in str(raised.value)


# --- time -----------------------------------------------------------------------------------------


def test_the_time_of_a_finished_job_stands_still(client, connect, stub):
    job = client.video_diffusion("a sea", image_url=IMAGE)
    ended = task(job.id, "failed")
    ended["meta"]["ended_at"] = NEVER
    stub.jobs[job.id] = ended
    with pytest.raises(lw.JobFailedError):
        job.wait()

    took = job.elapsed
    time.sleep(0.05)

    assert took is not None
    assert job.elapsed == took
    taken_over = connect().job(job.id)
    taken_over.refresh()
    assert taken_over.elapsed is None


def test_a_finished_job_is_returned_by_a_closed_client(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False)
    job = client.diffusion("a cat")
    stub.jobs[job.id] = task(job.id, "completed", "diffusion")
    job.wait()
    driver.close_client(client)

    assert job.wait() == job
    assert driver.awaited(job) == job


@pytest.mark.parametrize("timeout", ["5", True, [], float("nan")])
def test_a_timeout_that_is_no_number_is_named(client, timeout):
    job = client.diffusion("a cat")

    with pytest.raises((TypeError, ValueError), match="timeout must be a number of seconds"):
        job.wait(timeout)
    with pytest.raises((TypeError, ValueError), match="timeout must be a number of seconds"):
        lw.as_completed([], timeout)


# --- interruptions --------------------------------------------------------------------------------


@pytest.mark.parametrize("wait", [lw.wait, lambda jobs: list(lw.as_completed(jobs))])
def test_ctrl_c_names_the_jobs_that_continue(stub, wait, monkeypatch):
    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        done, *running = [client.diffusion(word) for word in "abc"]
        stub.jobs[done.id] = task(done.id, "completed", "diffusion")
        done.wait()

        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("concurrent.futures.wait", interrupted)
            with pytest.raises(KeyboardInterrupt) as raised:
                wait([done, *running])

    (note,) = raised.value.__notes__
    assert all(job.id in note for job in running)
    assert done.id not in note


async def test_a_cancelled_wait_logs_the_jobs_that_continue(stub, caplog):
    caplog.set_level(logging.INFO, "legnext_widgets")
    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=False))
    async with client:
        job = await client.diffusion("a cat")
        for waiting in (job.wait(), lw.wait([job])):
            caplog.clear()
            cancelled = asyncio.create_task(waiting)
            await asyncio.sleep(0.1)
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            assert [r.getMessage() for r in caplog.records if job.id in r.getMessage()] == [
                f"A wait was cancelled. Still running at the service: {job.id}"
            ]


# --- coroutine functions --------------------------------------------------------------------------


async def test_coroutine_functions_take_progress(stub, tmp_path):
    stub.becomes = "completed"
    seen: list[tuple[Any, ...]] = []

    async def progress(*args: Any) -> None:
        await asyncio.sleep(0)
        seen.append(args)

    async with quick(lw.AsyncClient(KEY, base_url=stub.url, library=False)) as client:
        await client.submit_many([lw.Diffusion(word) for word in "abc"], progress=progress)
        assert seen == [(1, 3), (2, 3), (3, 3)]
        seen.clear()
        job = await client.video_diffusion("a sea", image_url=IMAGE)
        await job.wait(progress=progress)
        assert seen[-1][0].ended
        seen.clear()
        stub.others["/clip"] = lambda _: Reply(200, mp4.clip())
        stub.jobs[UNKNOWN] = task(UNKNOWN, "completed", urls=[f"{stub.url}/clip"])
        taken_over = await client.job(UNKNOWN)
        await taken_over.download(tmp_path, progress=progress)
        assert seen[-1] == (len(mp4.clip()), len(mp4.clip()))


def test_a_blocking_client_refuses_coroutine_functions_before_anything_is_sent(
    stub: RawService, tmp_path: Any
) -> None:
    async def progress(*args: Any) -> None:
        raise AssertionError

    with quick(lw.Client(KEY, base_url=stub.url, library=False)) as client:
        with pytest.raises(TypeError, match="progress must be a plain function"):
            client.submit_many([lw.Diffusion("x")], progress=progress)
        assert stub.posted == []
        job = client.diffusion("a cat")
        for call in (
            lambda: job.wait(progress=progress),
            lambda: job.download(tmp_path, progress=progress),
            lambda: lw.wait([job], progress=progress),
            lambda: lw.Client(KEY, base_url=stub.url, library=False, progress=progress),
        ):
            with pytest.raises(TypeError, match="progress must be a plain function"):
                call()


# --- the rest -------------------------------------------------------------------------------------


def test_a_copy_of_a_client_shares_its_budget(driver, stub):
    client = driver.client(KEY, base_url=stub.url, library=False, budget_points=500)
    client.video_diffusion("a sea", image_url=IMAGE)

    copy = client.with_options(timeout=6)
    with pytest.raises(lw.BudgetExceededError):
        copy.video_diffusion("a lake", image_url=IMAGE)
    own = client.with_options(budget_points=500)
    own.video_diffusion("a lake", image_url=IMAGE)

    assert len(stub.posted) == 2
    for each in (copy, own):
        driver.close_client(each)


@pytest.mark.parametrize(
    "answer",
    [
        {"job_id": None, "status": "failed", "error": {"code": 0, "message": "no quota left"}},
        {"success": False, "message": "no quota left"},
    ],
)
def test_the_service_is_quoted_where_its_answer_names_no_job(client, stub, answer):
    stub.posts = [Reply(200, answer)]

    with pytest.raises(lw.SubmissionUncertainError, match="no job ID and says: no quota"):
        client.diffusion("a cat")

    assert len(stub.posted) == 1


@pytest.mark.parametrize("body", [None, 5, 1.5, True, [], [{"job_id": "a"}], object()])
def test_what_is_no_object_is_no_task(body: Any) -> None:
    with pytest.raises(lw.InvalidResponseError):
        lw.Task.parse(body)


@pytest.mark.parametrize(
    "body",
    [
        memoryview(b'{"job_id": "a"}'),
        bytearray(b'{"job_id": "a"}'),
        '\ufeff{"job_id": "a"}',
        b'\xef\xbb\xbf{"job_id": "a"}',
        lw.Task.parse({"job_id": "a"}),
    ],
    ids=lambda body: type(body).__name__,
)
def test_a_task_is_read_from_all_that_may_hold_one(body: Any) -> None:
    assert lw.Task.parse(body).job_id == "a"
