"""The simulated API answers as the real one does."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from legnext_widgets.sandbox import Sandbox

from .caller import FROM_JOB, SEEDED_JOB, TEXT, Caller

ZERO_TIME = "0001-01-01T00:00:00Z"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NO_ERROR = {"code": 0, "raw_message": "", "message": "", "detail": None}
LINK = re.compile(r"^http://.+/media/.+\.(mp4|png|jpg)\?Expires=\d+&Signature=[\w%-]+$")


@pytest.mark.parametrize("headers", [{}, {"x-api-key": ""}, {"authorization": "Bearer one"}])
async def test_call_without_a_key_gets_the_documented_401(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    client = httpx.AsyncClient(
        transport=sandbox.transport(), base_url=sandbox.base_url, headers=headers
    )
    async with client:
        calls = [
            await client.get("/api/account/balance"),
            await client.get(f"/api/v1/job/{SEEDED_JOB}"),
            await client.post("/api/v1/diffusion", json=TEXT),
        ]
    for answer in calls:
        assert answer.status_code == 401
        assert answer.json() == {
            "code": 401,
            "message": "Failed to verify api key",
            "raw_message": "",
            "detail": None,
        }


async def test_only_the_given_key_is_good_where_one_is_given() -> None:
    with Sandbox(api_key="right") as sandbox:
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url
        ) as client:
            balance = "/api/account/balance"
            assert (await client.get(balance, headers={"x-api-key": "wrong"})).status_code == 401
            assert (await client.get(balance, headers={"x-api-key": "right"})).status_code == 200


async def test_new_job_is_pending_and_looks_as_the_service_shows_it(caller: Caller) -> None:
    task = (await caller.post("diffusion", TEXT)).json()
    meta = task.pop("meta")
    assert re.fullmatch(r"[0-9a-f-]{36}", task.pop("job_id"))
    assert task == {
        "model": "midjourney",
        "task_type": "diffusion",
        "status": "pending",
        "config": {"service_mode": "public", "webhook_config": {"endpoint": "", "secret": ""}},
        "input": None,
        "output": {"image_url": "", "image_urls": None, "seed": ""},
        "detail": None,
        "logs": [],
        "error": NO_ERROR,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta.pop("created_at"))
    assert meta == {
        "started_at": ZERO_TIME,
        "ended_at": ZERO_TIME,
        "usage": {"type": "point", "frozen": 80, "consume": 0},
    }


async def test_completed_image_job_has_four_images_and_a_grid(caller: Caller) -> None:
    task = await caller.made("diffusion", TEXT)
    output = task["output"]
    assert list(output) == ["image_url", "image_urls", "seed", "available_actions"]
    assert len(output["image_urls"]) == 4
    assert all(LINK.match(link) for link in [output["image_url"], *output["image_urls"]])
    assert output["available_actions"]["reroll"] is True
    assert output["available_actions"]["upscale"] == [0, 1, 2, 3]
    assert task["meta"]["usage"] == {"type": "point", "frozen": 80, "consume": 80}
    assert ZERO_TIME not in task["meta"].values()


async def test_completed_video_job_has_four_videos(caller: Caller) -> None:
    task = await caller.made("video-diffusion", FROM_JOB)
    output = task["output"]
    assert list(output) == ["video_urls", "seed", "available_actions"]
    assert len(set(output["video_urls"])) == 4
    assert all(LINK.match(link) for link in output["video_urls"])
    assert output["available_actions"] == {"extend": [0, 1, 2, 3], "upscale": [0, 1, 2, 3]}
    assert task["error"] == NO_ERROR
    assert task["meta"]["usage"] == {"type": "point", "frozen": 480, "consume": 480}


async def test_seeded_image_job_belongs_to_every_account(caller: Caller) -> None:
    task = await caller.job(SEEDED_JOB)
    assert task["status"] == "completed"
    assert len(task["output"]["image_urls"]) == 4
    for link in task["output"]["image_urls"]:
        assert (await caller.client.get(link)).status_code == 200


VIDEO, EXTEND, UPSCALE = "video-diffusion", "extend-video", "video-upscale"
BAD_INPUT: list[tuple[str, Any, int]] = [
    (VIDEO, [], 400),
    (VIDEO, {}, 400),
    (VIDEO, {"prompt": "only words"}, 400),
    (VIDEO, {"prompt": "https://example.com/a.jpg"}, 400),
    (VIDEO, {"prompt": "https://example.com/a.jpg x", "videoType": 2}, 422),
    (VIDEO, {"prompt": "https://example.com/a.jpg x", "videoType": True}, 422),
    (VIDEO, {"prompt": "https://example.com/a.jpg x", "callback": "ftp://x"}, 422),
    (VIDEO, {"prompt": "https://example.com/a.jpg " + "x" * 8192}, 422),
    (VIDEO, {"prompt": 5}, 422),
    (VIDEO, {"imageNo": 1}, 400),
    (VIDEO, {"jobId": SEEDED_JOB}, 400),
    (VIDEO, {"jobId": SEEDED_JOB, "imageNo": 4}, 422),
    (VIDEO, {"jobId": SEEDED_JOB, "imageNo": "1"}, 422),
    (VIDEO, {"jobId": "no-uuid", "imageNo": 0}, 422),
    (VIDEO, {"jobId": UNKNOWN, "imageNo": 0}, 404),
    (VIDEO, {**FROM_JOB, "prompt": "https://example.com/a.jpg x"}, 400),
    (VIDEO, {"prompt": "https://example.com/a.jpg nude"}, 403),
    (EXTEND, {"videoNo": 0}, 400),
    (EXTEND, {"jobId": UNKNOWN, "videoNo": 0}, 404),
    (EXTEND, {"jobId": SEEDED_JOB, "videoNo": 0}, 422),
    (UPSCALE, {"jobId": SEEDED_JOB, "videoNo": 0}, 422),
    ("diffusion", {}, 400),
    ("diffusion", {"text": "   "}, 400),
    ("diffusion", {"text": "x" * 8193}, 422),
    ("diffusion", {"text": "gore"}, 403),
]


@pytest.mark.parametrize(("endpoint", "body", "status"), BAD_INPUT)
async def test_bad_input_gets_the_documented_status(
    caller: Caller, endpoint: str, body: Any, status: int
) -> None:
    answer = await caller.post(endpoint, body)
    assert answer.status_code == status
    found = answer.json()
    code = found["code"] if "code" in found else found["error"]["code"]
    assert code == status
    assert await caller.points() == 100_000


async def test_longest_prompt_is_taken(caller: Caller) -> None:
    await caller.submit("diffusion", {"text": "x" * 8192})


async def test_three_shapes_of_errors_are_sent(caller: Caller) -> None:
    wrapped = (await caller.post("diffusion", {})).json()
    plain = (await caller.post("diffusion", {"text": 1})).json()
    task = (await caller.post("diffusion", {"text": "nude"})).json()
    assert list(wrapped) == ["error"]
    assert list(plain) == ["code", "message", "raw_message", "detail"]
    assert task["status"] == "failed"
    assert task["error"]["code"] == 403
    assert task["meta"] is None
    assert task["logs"] is None


async def test_broken_and_huge_bodies_are_refused(caller: Caller) -> None:
    path = "/api/v1/diffusion"
    assert (await caller.client.post(path, content=b"{")).status_code == 400
    assert (await caller.client.post(path, content=b"[" * 100_000)).status_code == 400
    assert (await caller.client.post(path, content=b"x" * (1 << 20 | 1))).status_code == 413


async def test_unknown_jobs_and_paths_are_404_in_json(caller: Caller) -> None:
    for path in (f"/api/v1/job/{UNKNOWN}", "/api/v1/job/x", "/api/v1/no-such-endpoint"):
        answer = await caller.client.get(path)
        assert answer.status_code == 404
        assert answer.json()["code"] == 404
    assert (await caller.client.get("/api/v1/diffusion")).status_code == 405


async def test_jobs_of_another_account_are_unknown(sandbox: Sandbox, caller: Caller) -> None:
    job_id = await caller.submit("diffusion", TEXT)
    answer = await caller.client.get(f"/api/v1/job/{job_id}", headers={"x-api-key": "two"})
    assert answer.status_code == 404


async def test_points_are_frozen_then_consumed(caller: Caller) -> None:
    job_id = await caller.submit("video-diffusion", FROM_JOB)
    assert await caller.points() == 100_000 - 480
    task = await caller.ended(job_id)
    assert task["meta"]["usage"]["consume"] == 480
    assert await caller.points() == 100_000 - 480


async def test_points_of_a_failed_job_are_given_back(sandbox: Sandbox, caller: Caller) -> None:
    with sandbox.faults.switch_on("failed_job", status=403, message="Blocked by moderation"):
        job_id = await caller.submit("video-diffusion", FROM_JOB)
    task = await caller.ended(job_id)
    assert task["status"] == "failed"
    assert task["error"]["code"] == 403
    assert task["error"]["message"] == "Blocked by moderation"
    assert task["meta"]["usage"] == {"type": "point", "frozen": 480, "consume": 0}
    assert await caller.points() == 100_000


async def test_account_with_too_few_points_gets_402() -> None:
    with Sandbox(20_000, points=500, packaged=True) as sandbox:
        async with httpx.AsyncClient(
            transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
        ) as client:
            caller = Caller(client)
            await caller.submit("video-diffusion", FROM_JOB)
            answer = await caller.post("video-diffusion", FROM_JOB)
            assert answer.status_code == 402
            assert answer.json()["code"] == 402
            assert await caller.points() == 20


async def test_balance_looks_as_the_service_shows_it(caller: Caller) -> None:
    body = (await caller.client.get("/api/account/balance")).json()
    assert body["code"] == 200
    assert body["message"] == "success"
    assert list(body["data"]) == [
        "account_id",
        "balance_usd",
        "available_credits",
        "available_points",
        "alert_threshold",
        "low_balance_alert",
        "updated_at",
    ]


async def test_source_job_must_be_completed_and_of_the_right_kind(sandbox: Sandbox) -> None:
    with Sandbox(1, packaged=True) as slow:
        async with httpx.AsyncClient(
            transport=slow.transport(), base_url=slow.base_url, headers={"x-api-key": "k"}
        ) as client:
            caller = Caller(client)
            running = await caller.submit("diffusion", TEXT)
            answer = await caller.post("video-diffusion", {"jobId": running, "imageNo": 0})
            assert answer.status_code == 422
            assert "completed" in answer.json()["message"]


async def test_clip_can_be_extended_four_times_and_not_five(caller: Caller) -> None:
    job_id = (await caller.made("video-diffusion", FROM_JOB))["job_id"]
    for left in (3, 2, 1, 0):
        task = await caller.made("extend-video", {"jobId": job_id, "videoNo": 1})
        assert ("extend" in task["output"]["available_actions"]) == (left > 0)
        job_id = task["job_id"]
    answer = await caller.post("extend-video", {"jobId": job_id, "videoNo": 1})
    assert answer.status_code == 422
    assert "4" in answer.json()["message"]


async def test_upscale_gives_one_video_for_120_points(caller: Caller) -> None:
    job_id = (await caller.made("video-diffusion", FROM_JOB))["job_id"]
    before = await caller.points()
    task = await caller.made("video-upscale", {"jobId": job_id, "videoNo": 3})
    assert len(task["output"]["video_urls"]) == 1
    assert await caller.points() == before - 120


@pytest.mark.parametrize("count", [1, 2, 4])
async def test_batch_size_says_how_many_videos(caller: Caller, count: int) -> None:
    task = await caller.made("video-diffusion", {**FROM_JOB, "prompt": f"waves --bs {count}"})
    assert len(task["output"]["video_urls"]) == count
    answer = await caller.post("video-upscale", {"jobId": task["job_id"], "videoNo": 3})
    assert answer.status_code == (200 if count == 4 else 422)


async def test_every_response_names_the_sandbox_and_its_speed(
    sandbox: Sandbox, caller: Caller
) -> None:
    client = caller.client
    responses = [
        *[
            await client.get(path)
            for path in (
                "/api/account/balance",
                "/api/account/balance/",
                "/api/v1/job/x",
                "/api/v1/diffusion",
                "/nowhere",
                "/sandbox",
                "/sandbox/faults/1",
                "/stills/ocean.jpg",
                "/stills/none.jpg",
                "/media/x",
            )
        ],
        await client.get("/api/account/balance", headers={"x-api-key": ""}),
        await client.get("/stills/ocean.jpg", headers={"Range": "bytes=99999999-"}),
        await client.options("/media/x"),
        await client.head("/stills/ocean.jpg"),
        await caller.post("diffusion", {}),
        await caller.post("diffusion", TEXT),
    ]
    for kind in ("rate_limit", "server_error", "proxy_html", "truncated_json"):
        with sandbox.faults.switch_on(kind):
            responses.append(await client.get("/api/account/balance"))
    assert len({response.status_code for response in responses}) > 9
    for response in responses:
        assert response.headers.get_list("x-legnext-sandbox") == ["speed=20000"], response.url


@pytest.mark.parametrize("speed", [1, 0.5, 0.001, 60, 99_999.5])
async def test_header_carries_the_exact_speed(speed: float) -> None:
    with Sandbox(speed, packaged=True) as sandbox:
        async with httpx.AsyncClient(transport=sandbox.transport()) as client:
            response = await client.get(f"{sandbox.base_url}/api/account/balance")
    name, _, value = response.headers["x-legnext-sandbox"].partition("=")
    assert name == "speed"
    assert float(value) == pytest.approx(speed, rel=1e-5)


async def test_same_seed_gives_the_same_jobs() -> None:
    found = []
    for _ in range(2):
        with Sandbox(seed=42, packaged=True) as sandbox:
            async with httpx.AsyncClient(
                transport=sandbox.transport(), base_url=sandbox.base_url, headers={"x-api-key": "k"}
            ) as client:
                found.append([await Caller(client).submit("diffusion", TEXT) for _ in range(3)])
    assert found[0] == found[1]
    assert len(set(found[0])) == 3
