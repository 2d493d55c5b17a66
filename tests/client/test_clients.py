"""How a client is made, what it is given, and how it ends."""

from __future__ import annotations

import re
import threading

import httpx
import pytest

import legnext_widgets as lw
from tests.support.raw_service import Reply
from tests.support.task_factory import body, task
from tests.support.waiting import wait_until

from .conftest import KEY

VIDEO_JOB = body("video-completed-signed")["job_id"]


def test_a_copy_with_changed_options_leaves_the_client_as_it_is(client, stub, driver):
    copy = client.with_options(budget_points=0, timeout=1)

    with pytest.raises(lw.BudgetExceededError):
        copy.diffusion("x")
    assert client.diffusion("x").id
    with pytest.raises(TypeError, match="api_key"):
        client.with_options(api_key="x")
    driver.close_client(copy)


def test_a_users_own_http_client_is_used_and_stays_open(driver, stub):
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.path}")
        return httpx.Response(200, json=body("balance"))

    own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)

    client.balance()
    driver.close_client(client)

    assert seen == ["GET /api/account/balance"]
    assert not own.is_closed


def test_calls_fail_clearly_when_the_users_own_http_client_is_closed(driver, stub, tmp_path):
    own = httpx.AsyncClient()
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)
    job = client.diffusion("x")
    stub.jobs[VIDEO_JOB] = task(VIDEO_JOB, "completed")
    video = client.job(VIDEO_JOB).refresh().videos[0]

    driver.close_http(own, client)

    for call in (lambda: job.wait(20), client.balance, lambda: client.diffusion("y")):
        with pytest.raises(lw.TransportError, match="HTTP client is closed"):
            call()
    with pytest.raises(lw.DownloadError, match="HTTP client is closed"):
        video.save(tmp_path / "a.mp4")
    assert len(stub.posted) == 1


def test_a_download_through_a_client_that_breaks_in_its_own_way_is_a_download_error(
    driver, stub, tmp_path
):
    def answer(request: httpx.Request) -> httpx.Response:
        if "/api/" in request.url.path:
            return httpx.Response(200, json=task(VIDEO_JOB, "completed"))
        raise KeyError("mine")

    own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)

    with pytest.raises(lw.DownloadError, match="KeyError"):
        client.job(VIDEO_JOB).refresh().videos[0].save(tmp_path / "a.mp4")


def test_proxies_of_the_environment_are_used(driver, stub, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", stub.url)
    monkeypatch.setenv("NO_PROXY", "")
    client = driver.client(KEY, base_url="http://service.invalid", library=False)
    stub.others["http://service.invalid/api/account/balance"] = lambda request: Reply(
        body=body("balance")
    )

    assert client.balance().available_points == 1048


def test_a_key_is_needed_and_is_found_in_the_environment(driver, stub, monkeypatch):
    with pytest.raises(lw.MissingAPIKeyError, match="LEGNEXT_API_KEY"):
        driver.client(base_url=stub.url)

    monkeypatch.setenv("LEGNEXT_API_KEY", "from-the-environment")
    monkeypatch.setenv("LEGNEXT_BASE_URL", stub.url)
    driver.client(library=False).balance()
    assert stub.requests[-1].headers["x-api-key"] == "from-the-environment"


@pytest.mark.parametrize(
    ("name", "value"),
    [("LEGNEXT_API_KEY", "my key"), ("LEGNEXT_BASE_URL", "api.example"), ("LEGNEXT_API_KEY", "ké")],
)
def test_a_variable_of_the_environment_that_cannot_be_used_is_named(
    driver, monkeypatch, name, value
):
    monkeypatch.setenv("LEGNEXT_API_KEY", "any")
    monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match=f"^{name} must be"):
        driver.client(library=False)
    with pytest.raises(ValueError, match=r"^(api_key|base_url) must be"):
        driver.client("my key", base_url="http://127.0.0.1:9", library=False)


def test_a_closed_client_says_so_and_sends_nothing(client, driver, stub):
    job = client.diffusion("x")
    driver.close_client(client)

    for call in (lambda: client.diffusion("y"), job.refresh, lambda: job.wait(1), client.balance):
        with pytest.raises(lw.LegnextError, match="closed"):
            call()
    assert len(stub.posted) == 1


def test_closing_the_client_ends_a_wait_with_an_error(client, driver, stub):
    job = client.diffusion("x")
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            job.wait(30)
        except BaseException as error:
            raised.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until(lambda: stub.polled, "it waits")
    driver.close_client(client)
    waiting.join(10)

    assert isinstance(raised[0], lw.LegnextError)
    assert "closed" in str(raised[0])


def test_reprs_are_one_line(client, stub):
    stub.jobs[VIDEO_JOB] = body("video-completed-signed")
    job = client.job(VIDEO_JOB).refresh()

    for shown in (repr(client), repr(job), repr(job.videos[0]), repr(job.task)):
        assert re.fullmatch(r"[^\n]{10,200}", shown)
        assert "Signature" not in shown


@pytest.mark.parametrize(
    ("call", "options", "message"),
    [
        ("sandbox", {"sped": 3}, r"sandbox\(\) has no option 'sped'. Did you mean 'speed'\?"),
        ("with_options", {"time_out": 3}, "has no option 'time_out'. Did you mean 'timeout'"),
        (
            "with_options",
            {"nonsense": 3},
            "has no option 'nonsense'. Its options: allow_private_urls, base_url, ",
        ),
        ("sandbox", {"nonsense": 3}, "Its options: budget_points, faults, library, .*, uploader.$"),
        ("with_options", {"api_key": KEY}, "cannot change api_key: .* Make a new client"),
    ],
)
def test_an_unknown_option_is_named_with_the_options_that_exist(
    client, stub, call, options, message
):
    with pytest.raises(TypeError, match=message) as error:
        getattr(client, call)(**options)

    assert KEY not in str(error.value)
    for internal in ("carried", "clock", "owns_library"):
        assert internal not in str(error.value)
