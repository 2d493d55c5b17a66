"""Any answer gives a typed result or one of the package's errors; prompts are reversible."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import legnext_widgets as lw
from legnext_widgets.client.api.models.balance import parse_balance
from legnext_widgets.client.api.models.tasks import Task, parse_tasks
from legnext_widgets.client.api.requests import from_payload
from legnext_widgets.client.api.responses import (
    Response,
    check,
    error_in,
    job_id_in,
    retry_after,
    task_in,
)
from legnext_widgets.client.api.urls import is_web_link
from legnext_widgets.client.api.values.cleaning import clean_link
from legnext_widgets.client.api.values.prompt import PromptParts, compose, split
from legnext_widgets.client.session.identity import Identity
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.client.session.retry import RetryPolicy
from legnext_widgets.client.session.store import Attempt
from legnext_widgets.client.session.submission.budget import Budget
from legnext_widgets.client.session.submission.post import Outcome, OutcomeUnknownError, send
from tests.support.task_factory import body

few = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["\ud800", "", "completed", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00+23:59", "1e5", "NaN"]
)
numbers = (
    st.integers()
    | st.floats()
    | st.sampled_from([10**30, -(10**400), math.inf, math.nan, 401, 500, 1e300, True])
)
names = texts | st.sampled_from(
    sorted(body("image-completed")) + sorted(body("image-completed")["meta"])
    + ["video_urls", "image_urls", "data", "error", "message", "code", "usage", "frozen", "consume"]
)  # fmt: skip
values: Any = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)
fields = dict.fromkeys(
    [*body("image-completed").keys() - {"job_id"}, "progress", "created_at"], values
)
meta = st.fixed_dictionaries(
    {}, optional={"created_at": values, "started_at": values, "ended_at": values, "usage": values}
)
tasks = st.fixed_dictionaries(
    {"job_id": st.just("a") | values}, optional=fields | {"meta": meta | values}
)
answers = values | tasks | st.fixed_dictionaries({"data": tasks | st.lists(tasks, max_size=3)})
odd_bodies = [b"[" * 5000, b'{"a":' * 5000, b"1" * 5000, b"\xff\xfe", b'{"\\ud800": "\\ud800"}']
bodies = (
    st.binary(max_size=40)
    | st.builds(lambda value: json.dumps(value).encode(), answers)
    | st.sampled_from(odd_bodies)
)


@few
@given(bodies, st.sampled_from([200, 201, 204, 302, 400, 401, 418, 429, 500, 599, 999]))
def test_any_answer_gives_a_result_or_one_of_the_package_s_errors(raw: bytes, status: int):
    answer = Response(status, {"retry-after": "x"}, raw)
    reads: list[Callable[[], object]] = [
        lambda: task_in(answer),
        lambda: check(answer),
        lambda: parse_balance(raw),
        lambda: parse_tasks(raw),
        lambda: Task.parse(raw),
        lambda: error_in(answer),
        lambda: job_id_in(raw),
    ]
    for read in reads:
        found: object = None
        try:
            found = read()
        except lw.LegnextError as error:
            found = error
        assert repr(found) + str(found)


@few
@given(tasks)
def test_all_properties_of_any_task_can_be_read(found: Any):
    task = Task.parse(json.dumps(found))
    job = JobState("a", request=lw.Diffusion("x"))
    job.update(task)
    job.update(Task.parse(found))
    budget = Budget(1000)
    budget.count(task)
    repr(task), str(task.output), task.duration, task.began, task.usage, task.done
    seen = job.status, job.done, job.task_type, job.elapsed, job.age, job.expected_remaining
    assert len(seen) == 6
    assert job.progress is None or 0 <= job.progress <= 1
    assert budget.spent == budget.spent
    assert task.raw is not found


class _Answering:
    def __init__(self, answer: Response) -> None:
        self.answer = answer
        self.posts = 0

    async def post(self, endpoint: str, payload: Any) -> Response:
        self.posts += 1
        return self.answer


@few
@given(bodies, st.sampled_from([200, 201, 204, 302, 307, 400, 401, 408, 418, 500, 599]))
async def test_any_answer_to_a_submission_is_a_job_an_error_or_unknown(raw: bytes, status: int):
    poster = _Answering(Response(status, {}, raw))
    attempt = Attempt("1", Identity("s", "a"), "diffusion", {}, sent_at=None)  # type: ignore[arg-type]
    task = None
    with contextlib.suppress(lw.APIError, OutcomeUnknownError):
        outcome = Outcome(attempt, None)
        task = await send(attempt, poster, outcome, asyncio.Event(), RetryPolicy(max_retries=0))

    assert task is None or task.job_id == job_id_in(raw)
    assert poster.posts == 1


@few
@given(st.text(max_size=40) | st.integers().map(str))
def test_any_retry_after_is_a_number_of_seconds_or_nothing(value: str):
    seconds = retry_after({"retry-after": value})

    assert seconds is None or 0 <= seconds < 1e12


def test_a_date_in_retry_after_is_counted_by_the_clock_of_the_service():
    headers = {
        "retry-after": "Mon, 01 Jan 2024 00:00:07 GMT",
        "date": "Mon, 01 Jan 2024 00:00:00 GMT",
    }

    assert retry_after(headers) == 7


words = st.lists(
    st.text(st.characters(exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cs"]), min_size=1).filter(
        lambda word: not word.startswith("--") and "://" not in word and not word.isspace()
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@few
@given(st.from_regex(r"https?://[A-Za-z0-9.-]+/[!-~]*", fullmatch=True))
def test_a_link_that_is_taken_as_it_is_needs_no_cleaning(link: str) -> None:
    assert Task.of({"output": {"video_urls": [link]}}).output.video_urls == [link]
    assert clean_link(link) == link
    assert is_web_link(link)


links = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9?=&%._-]{0,20}", fullmatch=True)
parts = st.builds(
    PromptParts,
    words=words,
    image_url=st.none() | links,
    motion=st.none() | st.sampled_from(["low", "high"]),
    raw=st.booleans(),
    loop=st.booleans(),
    end_image_url=st.none() | links,
    batch_size=st.none() | st.sampled_from([1, 2, 4]),
)
job_ids = st.uuids().map(str)
requests = (
    st.builds(lambda part: part, parts).map(
        lambda part: lw.VideoDiffusion(
            part.words,
            image_url=part.image_url or "https://a.example/",
            motion=part.motion,
            raw=part.raw,
            loop=part.loop,
            end_image_url=part.end_image_url,
            batch_size=part.batch_size,
        )
    )
    | st.builds(
        lw.VideoDiffusion, st.none() | words, job_id=job_ids, image_no=st.integers(0, 3),
        video_type=st.integers(0, 1), callback=st.none() | links,
    )
    | st.builds(lw.ExtendVideo, job_ids, st.integers(0, 3), prompt=st.none() | words)
    | st.builds(lw.VideoUpscale, job_ids, st.integers(0, 3), callback=st.none() | links)
    | st.builds(lw.Diffusion, words)
)  # fmt: skip


@few
@given(parts)
def test_splitting_a_composed_prompt_gives_its_parts(made: PromptParts):
    assert split(compose(made)) == made


@few
@given(st.text(max_size=60))
def test_splitting_and_composing_any_prompt_is_stable(prompt: str):
    once = compose(split(prompt))

    assert compose(split(once)) == once


@few
@given(requests)
def test_a_request_survives_its_json_body(request: Any):
    sent = json.loads(json.dumps(request.payload()))
    again = from_payload(request.endpoint, sent)

    assert again.payload() == request.payload()
    assert again == request


@pytest.mark.parametrize("given_", ["x", b"[]", b"", "null", {"a": b"bytes"}, {1: {2: set()}}])
def test_a_body_that_is_not_a_task_is_an_invalid_response(given_: Any):
    with pytest.raises(lw.InvalidResponseError):
        Task.parse(given_)


@pytest.mark.parametrize("status", ["Completed", "COMPLETED", " completed ", "completed"])
def test_a_known_status_is_read_in_any_case_and_the_answer_stays_as_received(status: str):
    found = Task.parse({"job_id": "a", "status": status})

    assert (found.status, found.done) == ("completed", True)
    assert found.raw["status"] == status


@pytest.mark.parametrize("status", ["Polishing", "done", "Queued"])
def test_an_unknown_status_stays_as_sent_and_is_not_final(status: str):
    found = Task.parse({"job_id": "a", "status": status})

    assert (found.status, found.done) == (status, False)


def test_a_job_whose_status_is_capitalised_is_waited_for_no_longer():
    job = JobState("a", request=lw.Diffusion("x"))
    job.update(Task.of({"job_id": "a", "status": "Failed"}))

    assert job.done


def test_a_task_gives_its_kind_points_and_run_time():
    meta = {
        "created_at": "2026-01-01T00:00:00Z",
        "started_at": "2026-01-01T00:00:30Z",
        "ended_at": "2026-01-01T00:03:00Z",
        "usage": {"frozen": 480, "consume": 240.0},
    }
    ended = Task.of({"task_type": "Video-Diffusion", "status": "completed", "meta": meta})
    running = Task.of({"status": "processing", "meta": meta})

    assert (ended.kind, ended.points, ended.duration, ended.run_time) == (
        "video_diffusion", 240, 180.0, 150.0,
    )  # fmt: skip
    assert (running.kind, running.points, running.run_time) == ("", 480, None)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"status": "failed"}', b"[" * 10**5])
def test_no_task_is_found_where_none_is(raw: bytes):
    assert Task.find(raw) is None


def test_a_task_is_found_wrapped_in_data():
    found = Task.find(b'{"data": {"job_id": "a", "status": "pending"}}')

    assert found is not None
    assert found.job_id == "a"


def test_a_task_nested_without_end_is_read_as_far_as_it_can_be():
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    found = Task.of({"job_id": "a", "status": "processing", "logs": deep, "input": deep})

    assert (found.job_id, found.status) == ("a", "processing")
    with pytest.raises(lw.InvalidResponseError, match="deeply"):
        Task.parse({"job_id": "a", "logs": deep})
