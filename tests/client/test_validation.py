"""Values are taken as what they plainly are; wrong ones are refused where they are given."""

from __future__ import annotations

import asyncio
import enum
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.values import cleaning
from tests.support.raw_service import Reply
from tests.support.report import note_situation
from tests.support.task_factory import body, task

from .conftest import KEY

JOB = "bb40cae1-edd9-4cb0-9f66-e029b4439100"
LINK = "https://example.com/sea.jpg"


class Level(enum.Enum):
    HIGH = "high"


class TextLevel(str, enum.Enum):  # noqa: UP042 - the older form, whose str() is another text
    HIGH = "high"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"job_id": uuid.UUID(JOB), "image_no": np.int64(1)}, {"job_id": JOB, "image_no": 1}),
        ({"job_id": f" \ufeff{JOB}\u200b\r\n", "image_no": 1}, {"job_id": JOB, "image_no": 1}),
        ({"job_id": f'"{JOB}"', "image_no": np.uint8(1)}, {"job_id": JOB, "image_no": 1}),
        ({"image_url": f"\u200e{LINK}\n"}, {"image_url": LINK}),
        ({"image_url": f"<{LINK}>"}, {"image_url": LINK}),
        ({"image_url": httpx.URL(LINK)}, {"image_url": LINK}),
        ({"image_url": np.str_(LINK)}, {"image_url": LINK}),
        ({"image_url": LINK, "raw": np.True_}, {"image_url": LINK, "raw": True}),
        ({"image_url": LINK, "loop": np.False_}, {"image_url": LINK}),
        ({"image_url": LINK, "batch_size": np.int32(2)}, {"image_url": LINK, "batch_size": 2}),
        ({"image_url": LINK, "video_type": np.int8(1)}, {"image_url": LINK, "video_type": 1}),
        ({"image_url": LINK, "motion": " High\n"}, {"image_url": LINK, "motion": "high"}),
        ({"image_url": LINK, "motion": TextLevel.HIGH}, {"image_url": LINK, "motion": "high"}),
        (
            {"image_url": LINK, "callback": f" {LINK}?a\u200b=1 "},
            {"image_url": LINK, "callback": f"{LINK}?a=1"},
        ),
    ],
)
def test_a_request_of_values_as_they_come_is_that_of_plain_ones(given: Any, plain: Any) -> None:
    made, expected = lw.VideoDiffusion("waves", **given), lw.VideoDiffusion("waves", **plain)

    assert made == expected
    assert made.payload() == expected.payload()
    assert made.to_python() == expected.to_python()
    assert {type(value) for value in made.payload().values()} <= {str, int}


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        (f'"{LINK}" waves', f"{LINK} waves"),
        (f"<{LINK}> waves", f"{LINK} waves"),
        (f"\ufeff{LINK}\u200b waves", f"{LINK} waves"),
        (f"{LINK} waves --end {LINK[:9]}\u200b{LINK[9:]}", f"{LINK} waves --end {LINK}"),
        (f'{LINK} waves --end "{LINK}" --raw', f"{LINK} waves --end {LINK} --raw"),
        (f'{LINK} "waves" --ending "{LINK}"', f'{LINK} "waves" --ending "{LINK}"'),
        (f'{LINK} the sign says "<{LINK}>"', f'{LINK} the sign says "<{LINK}>"'),
    ],
)
def test_links_in_a_prompt_are_cleaned_and_its_words_are_not(prompt: str, sent: str) -> None:
    assert lw.VideoDiffusion(prompt).payload()["prompt"] == sent


@pytest.mark.parametrize(
    "given",
    [
        {"image_url": LINK, "raw": 1},
        {"image_url": LINK, "raw": np.int64(1)},
        {"image_url": LINK, "raw": np.array([True, False])},
        {"image_url": LINK, "batch_size": 2.0},
        {"image_url": LINK, "batch_size": np.float64(2)},
        {"image_url": LINK, "batch_size": True},
        {"image_url": LINK, "video_type": np.True_},
        {"image_url": LINK, "motion": Level.HIGH},
        {"image_url": b"https://example.com/sea.jpg"},
        {"image_url": Path("sea.jpg")},
        {"job_id": JOB, "image_no": "1"},
    ],
)
def test_what_is_something_else_is_still_refused(given: Any) -> None:
    with pytest.raises(lw.InvalidInputError):
        lw.VideoDiffusion("waves", **given)


def test_a_space_within_a_link_is_reported_with_its_position() -> None:
    with pytest.raises(ValueError, match=r"image_url .* at position 23"):
        lw.VideoDiffusion("waves", image_url="https://example.com/my sea.jpg")


def test_words_keep_the_joiners_of_their_script_and_of_emoji() -> None:
    words = "می\u200cخواهم 👩\u200d👧 run"  # noqa: RUF001 - Persian
    assert lw.Diffusion(words).payload() == {"text": words}
    assert lw.Diffusion(f"\ufeff{words}").payload() == {"text": words}
    assert cleaning.clean_link("https://example.com/👩\u200d👧.jpg") == (
        "https://example.com/👩\u200d👧.jpg"
    )


def test_numpy_is_not_imported() -> None:
    program = (
        "import sys, legnext_widgets as lw\n"
        "lw.VideoDiffusion('a', image_url='https://example.com/a.jpg', raw=True, batch_size=2)\n"
        "print('numpy' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert ended.stdout.split() == ["False"]


@pytest.mark.parametrize(
    "pasted", [f" {KEY}\r\n", f'"{KEY}"', f"'{KEY}'", f"\ufeff{KEY}\u200b", f"\u201c{KEY}\u201d"]
)
def test_a_pasted_key_is_the_key(driver, stub, monkeypatch, pasted):
    stub.others["/api/account/balance"] = lambda _: Reply(body=body("balance"))
    monkeypatch.setenv("LEGNEXT_API_KEY", pasted)
    for key in (pasted, None):
        driver.client(key, base_url=stub.url, library=False).balance()

    assert {request.headers["x-api-key"] for request in stub.requests} == {KEY}


@pytest.mark.parametrize(("key", "where"), [("lk-ab c", "6"), ("lk-é", "4"), ("lk-\u200dß", "4")])
def test_a_key_that_cannot_be_one_is_refused_with_the_position_alone(key: str, where: str) -> None:
    with pytest.raises(ValueError, match=f"position {where} ") as raised:
        lw.Client(key, library=False)
    assert "lk-" not in str(raised.value)


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ("{}/api/v1", "{}"),
        ("{}/api/v1/", "{}"),
        ("{}/api", "{}"),
        ("{}/api/v1/video-diffusion", "{}"),
        ("{}/api/account/balance", "{}"),
        (" {}\n", "{}"),
        ('"{}/"', "{}"),
        ("{}/behind/a/path/api/v1", "{}/behind/a/path"),
        ("{}/rapi", "{}/rapi"),
    ],
)
def test_the_address_of_the_api_stands_for_its_service(driver, stub, given, reached):
    client = driver.client(KEY, base_url=given.format(stub.url), library=False)
    assert client.config.base_url == reached.format(stub.url)


def test_the_real_service_is_never_called_unencrypted() -> None:
    with lw.Client(KEY, base_url="http://api.legnext.ai/api/v1", library=False) as client:
        assert client.config.base_url == "https://api.legnext.ai"


@pytest.mark.parametrize(
    ("options", "kind", "told"),
    [
        ({"http_client": httpx.Client()}, TypeError, "httpx.AsyncClient"),
        ({"http_client": "http://proxy"}, TypeError, "httpx.AsyncClient"),
        ({"library": "folder"}, TypeError, "lw.Library"),
        ({"max_concurrent": 2.5}, TypeError, "whole number"),
        ({"max_concurrent": "6"}, TypeError, "whole number"),
        ({"max_retries": True}, TypeError, "whole number"),
        ({"budget_points": -1}, ValueError, "0 or more"),
        ({"timeout": None}, TypeError, "timeout must be a number of seconds, not NoneType"),
        ({"timeout": "30"}, TypeError, "timeout must be a number of seconds, not str"),
        ({"timeout": True}, TypeError, "timeout must be a number of seconds, not bool"),
        ({"timeout": 0}, ValueError, "more than 0"),
        ({"timeout": float("nan")}, ValueError, "more than 0"),
        ({"timeout": float("inf")}, ValueError, "more than 0"),
        ({"base_url": "api.legnext.ai"}, ValueError, "https://"),
    ],
)
def test_a_wrong_option_is_refused_where_it_is_given(options: Any, kind: Any, told: str) -> None:
    for make in (lw.Client, lw.AsyncClient):
        with pytest.raises(kind, match=told):
            make(KEY, **{"library": False} | options)


def test_options_are_taken_by_value(driver, stub):
    client = driver.client(
        KEY,
        base_url=stub.url,
        library=False,
        timeout=np.float64(5),
        max_concurrent=np.int64(3),
        max_retries=np.int8(0),
        budget_points=np.int64(500),
    )
    config = client.config
    assert (config.timeout, config.max_concurrent, config.max_retries) == (5.0, 3, 0)
    assert type(config.max_concurrent) is int
    assert config.budget_points == 500


@pytest.mark.parametrize("given", [uuid.UUID(JOB), f" {JOB}\n", JOB.upper(), f"\ufeff'{JOB}'"])
def test_an_id_is_found_in_every_form(connect, stub, given):
    stub.jobs[JOB] = task(JOB, "completed")
    client = connect()
    assert client.job(given).id == JOB
    assert client.job(given).refresh().status == "completed"
    assert len(client.jobs) == 1


# Links that the service cannot fetch.

PRIVATE = lw.VideoDiffusion("waves", image_url="http://192.168.1.20/sea.jpg")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (PRIVATE, "image_url"),
        (lw.VideoDiffusion("http://localhost:8888/files/a.png waves"), "prompt"),
        (lw.VideoDiffusion("a --end http://10.0.0.1/b.png", job_id=JOB, image_no=0), "prompt"),
        (lw.VideoDiffusion("a", image_url=LINK, end_image_url="http://nas.local/b"), "end_image"),
        (lw.Diffusion("a fox", callback="http://127.0.0.1:9000/"), "callback"),
        (lw.VideoUpscale(JOB, 0, callback="http://[::1]/"), "callback"),
        (lw.VideoDiffusion("a", image_url="https://drive.google.com/file/d/1/view"), "image_url"),
    ],
)
async def test_links_that_can_never_work_are_not_sent(stub, request_, field):
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    service = "https://service.example"
    async with lw.AsyncClient(KEY, base_url=service, library=False, http_client=http) as client:
        with pytest.raises(lw.InvalidInputError, match=field) as raised:
            await client.submit(request_)
        (job,) = await client.submit_many([request_])
    assert raised.value.problems[0].code in ("unreachable_url", "share_page")
    assert job.status == "failed"
    assert "could not be started: " in str(job.error)
    problem = raised.value.problems[0]
    note_situation(
        f"a link in {problem.field} that the service cannot fetch",
        sees=f"{problem.field} {problem.message.partition(';')[0]}",
        requests=0,
        at_risk=0,
        whole=None,
    )


def sent_to(service: str, **options: Any) -> list[bytes]:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            sent.append(request.content)
        return httpx.Response(200, json=task(JOB, "failed"))

    async def submit() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        made = lw.AsyncClient(KEY, base_url=service, library=False, http_client=http, **options)
        async with made as client:
            await client.submit(PRIVATE)

    asyncio.run(submit())
    return sent


@pytest.mark.parametrize("service", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_a_service_on_this_machine_takes_them(service: str) -> None:
    assert len(sent_to(service)) == 1


def test_those_who_run_a_proxy_of_their_own_may_send_them() -> None:
    assert len(sent_to("https://service.example", allow_private_urls=True)) == 1


def test_the_sandbox_takes_them() -> None:
    with lw.Client.sandbox(speed=600, packaged=True, offline=True) as client:
        assert client.submit(PRIVATE).id
