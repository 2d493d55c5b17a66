"""Answers of an unusual shape: a paid clip and a reason are found in them all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.responses import Response, error_in
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.client.session.submission.budget import Budget
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import task

LINK = "https://media.example/0.mp4"


def completed(output: Any) -> lw.Task:
    return lw.Task.parse(task("job", "completed") | {"output": output})


@pytest.mark.parametrize(
    ("output", "links"),
    [
        ({"video_urls": [f"{LINK}\n", f" {LINK} ", f"\u200b{LINK}"]}, [LINK] * 3),
        ({"video_urls": LINK}, [LINK]),
        ({"video_url": LINK}, [LINK]),
        ({"video_url": [LINK]}, [LINK]),
        ({"video_url": LINK, "video_urls": []}, [LINK]),
        ({"video_url": "https://other.example/a", "video_urls": [LINK]}, [LINK]),
        ({"video_urls": [{"url": LINK}, None]}, [LINK, None]),
        ({"video_urls": "soon"}, []),
        ({"video_urls": ["soon", 5, {}]}, [None] * 3),
        ({"video_urls": {"0": LINK, "1": f"{LINK}?x=1"}}, [LINK, f"{LINK}?x=1"]),
        (
            {"videos": [{"id": 1, "file": {"href": LINK}}], "cover": "https://a.example/b.png"},
            [LINK],
        ),
        ({"video_urls": ["", None], "result": [LINK, LINK]}, [LINK]),
        ([LINK, f"{LINK}?x=1"], [LINK, f"{LINK}?x=1"]),
        (LINK, [LINK]),
        ({"image": "https://a.example/b.png", "note": f"see {LINK}"}, []),
    ],
)
def test_links_are_taken_in_any_shape(output: Any, links: list[str | None]) -> None:
    parsed = completed(output)

    assert parsed.output.video_urls == links
    assert parsed.lacks_output is not any(links)


@pytest.mark.parametrize("written", ["video_upscale", "video-upscale", "Video-Upscale"])
def test_a_kind_is_recognized_however_the_service_writes_it(written: str) -> None:
    upscale = lw.Task.parse(task("job", "pending", written, points=150))
    budget = Budget(None)
    budget.count(upscale)

    assert JobState("job", task=upscale).task_type == "video_upscale"
    assert budget.cost("video_upscale") == 150


def failed(**found: Any) -> str:
    return lw.Task.parse(
        task("job", "failed") | {"error": None, "output": None, "meta": {}} | found
    ).reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"error": {"code": "CONTENT_POLICY"}}, "CONTENT_POLICY"),
        ({"error": {"code": "CONTENT_POLICY", "message": "Task failed"}}, "CONTENT_POLICY"),
        ({"error": {"code": "CONTENT_POLICY", "message": "A face is seen"}}, "A face is seen"),
        ({"error": {"code": "INTERNAL_ERROR", "message": "Task failed"}}, "Task failed"),
        ({"error": {"code": "5001"}}, ""),
        ({"error": {"message": {"de": "verboten", "en": "banned"}}}, "banned"),
        ({"output": {"error": "banned word"}}, "banned word"),
        ({"output": {"error": {"message": "banned word"}}}, "banned word"),
        ({"meta": {"error": "banned word"}}, "banned word"),
        ({"error": "too small", "output": {"error": "other"}}, "too small"),
        ({"output": {"seed": "abc", "video_urls": []}}, ""),
    ],
)
def test_a_reason_is_found_wherever_it_is(found: dict[str, Any], reason: str) -> None:
    assert failed(**found) == reason


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (200, {"code": "402", "message": "no credits"}, lw.InsufficientCreditsError, 402),
        (400, {"code": "400", "message": "banned"}, lw.BadRequestError, 400),
        (400, {"error": {"code": "CONTENT_POLICY"}}, lw.BadRequestError, None),
        (200, {"code": "0", "message": "ok"}, None, None),
        (200, {"code": "E402", "message": "?"}, None, None),
    ],
)
def test_a_code_may_be_a_text_of_digits(
    status: int, body: dict[str, Any], kind: type[lw.APIError] | None, code: int | None
) -> None:
    error = error_in(Response(status, {}, json.dumps(body).encode()))

    assert type(error) is (kind or type(None))
    assert (error.code if error else None) == code


def test_a_wait_for_links_says_that_the_job_is_completed(connect: Any, stub: RawService) -> None:
    client = connect()
    job = client.diffusion("a fox")
    stub.others[f"/api/v1/job/{job.id}"] = lambda _: Reply(
        body=task(job.id, "completed") | {"output": None}
    )

    with pytest.raises(
        lw.JobTimeoutError, match="is completed, but the service has given no links after"
    ) as raised:
        job.wait(0.3)
    assert "continues" not in str(raised.value)
    assert "still" not in str(raised.value)
