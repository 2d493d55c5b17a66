"""The key and the signatures of links are never shown, logged, pickled or stored."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.auth import Secret
from legnext_widgets.client.api.responses import Response
from legnext_widgets.client.redaction import redact, redact_links, without_secrets
from tests.support import mp4
from tests.support.raw_service import RESET, RawService, Reply, closed_port
from tests.support.task_factory import body, task

from .conftest import KEY

SIGNATURE = "s1gnature-of-the-service"
OWN = "s1gnature-of-ones-own-picture"
JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
SECRETS = (KEY, SIGNATURE, OWN, "callback-secret")
PICTURE = f"https://bucket.example/sea.jpg?X-Amz-Signature={OWN}"


def signed(url: str) -> str:
    return f"{url}/clip.mp4?Expires=4000000000&Signature={SIGNATURE}"


def secrets_in(text: str | bytes) -> list[str]:
    found = text.decode("latin-1") if isinstance(text, bytes) else text
    return [secret for secret in SECRETS if secret in found]


def shown(error: BaseException) -> str:
    """Return all that a tool could show of an error, with the local variables of our frames."""
    parts = []
    seen: list[BaseException | None] = []
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or one in seen:
            continue
        seen.append(one)
        todo += [one.__cause__, one.__context__]
        parts += [repr(one), str(one), *getattr(one, "__notes__", ())]
        summary = traceback.TracebackException.from_exception(one, capture_locals=True)
        for frame in summary.stack:
            if "/tests/" not in frame.filename:
                parts.append(repr(frame.locals))
        parts += traceback.format_exception(one)
    return "\n".join(parts)


def completed(url: str) -> Any:
    config = {"webhook_config": {"endpoint": "https://h/", "secret": "callback-secret"}}
    links = {"video_urls": [signed(url)] * 2, "image_urls": [signed(url)]}
    return task(JOB, "completed", output=links, config=config)


FAILURES = {
    "connection refused": lambda stub: None,
    "401": lambda stub: Reply(401, body("error-401")),
    "402 that quotes a link": lambda stub: Reply(
        402, {"code": 402, "message": f"cannot read {PICTURE}"}
    ),
    "500 with links": lambda stub: Reply(500, {"code": 500, "message": signed(stub.url)}),
    "reset": lambda stub: RESET,
    "not JSON, with links": lambda stub: Reply(200, f"oops {signed(stub.url)}"),
    "no task, with links": lambda stub: Reply(200, {"links": {"a": signed(stub.url)}}),
    "cut, with links": lambda stub: Reply(200, f'{{"a": "{signed(stub.url)}', promised=999),
    "not HTTP": lambda stub: Reply(raw=f"{signed(stub.url)}\r\n\r\n".encode()),
    "redirect": lambda stub: Reply(302, headers={"Location": signed(stub.url)}),
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize("failure", FAILURES)
def test_errors_hold_no_secret(driver, stub, log, failure):
    reply = FAILURES[failure](stub)
    url = stub.url if reply else closed_port()
    client = driver.client(KEY, base_url=url, library=False)
    if reply is not None:
        for path in ("/api/v1/", "/api/account/"):
            stub.others[path] = lambda request: reply
    calls = [
        lambda: client.submit(lw.VideoDiffusion("waves", image_url=PICTURE)),
        client.job(JOB).refresh,
        client.balance,
        client.active_tasks,
    ]
    for call in calls:
        with pytest.raises(lw.LegnextError) as caught:
            call()
        assert secrets_in(shown(caught.value)) == []
        pickled = pickle.dumps(caught.value)  # with the request, which is the person's own
        assert secrets_in(pickled) in ([], [OWN])
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), str(again)) == (type(caught.value), str(caught.value))
        assert secrets_in(str(vars(again))) == []
    assert secrets_in(log.text) == []
    assert "HTTP Request" in log.text or failure in ("connection refused", "reset", "not HTTP")


@pytest.mark.parametrize(
    "reply",
    [Reply(403), RESET, Reply(302, headers={"Location": "ftp://x/?Signature=" + SIGNATURE})],
    ids=["refused", "reset", "bad redirect"],
)
def test_failed_downloads_show_no_signature(client, stub, log, tmp_path, reply):
    stub.jobs[JOB] = completed(stub.url)
    stub.others["/clip.mp4"] = lambda request: reply
    video = client.job(JOB).refresh().videos[0]

    for call in (video.read, lambda: video.save(tmp_path / "a.mp4")):
        with pytest.raises(lw.DownloadError) as caught:
            call()
        assert secrets_in(shown(caught.value)) == []
    assert secrets_in(log.text) == []


def test_successful_requests_are_logged_without_signatures(client, stub, log, tmp_path):
    stub.jobs[JOB] = completed(stub.url)
    moved = f"{stub.url}/moved.mp4?Signature={SIGNATURE}"
    stub.others["/clip.mp4"] = lambda request: Reply(302, headers={"Location": moved})
    stub.others["/moved.mp4"] = lambda request: Reply(body=mp4.clip())

    job = client.job(JOB).refresh()
    job.videos[0].save(tmp_path / "a.mp4")
    client.submit(lw.VideoDiffusion("waves", image_url=PICTURE))

    assert "/moved.mp4?…" in log.text
    assert "httpcore" in log.text
    assert secrets_in(log.text) == []


async def test_the_logs_of_other_requests_are_left_as_they_are(stub, log):
    import httpx

    with lw.Client(KEY, base_url=stub.url, library=False) as client:
        client.balance()
        async with httpx.AsyncClient() as other:
            await other.get(f"{stub.url}/api/account/balance?mine=1")

    assert "/api/account/balance?mine=1" in log.text


def test_reprs_of_results_hold_no_secret(client, stub):
    stub.jobs[JOB] = completed(stub.url)
    job = client.job(JOB).refresh()
    request = lw.VideoDiffusion("waves", image_url=PICTURE, end_image_url=PICTURE)

    things = [
        client, job, job.videos, job.videos[0], job.task, job.task.output, job.task.meta, job.usage,
        [job], request, lw.VideoDiffusion(f"{PICTURE} waves"), lw.Diffusion(f"as in {PICTURE}"),
        Response(200, {"location": PICTURE}, stub.jobs[JOB].__repr__().encode()), client.balance(),
    ]  # fmt: skip
    for thing in things:
        assert secrets_in(repr(thing) + str(thing)) == []
    shown_in_notebook = job._repr_html_() + job.videos[0]._repr_html_()
    assert KEY not in shown_in_notebook
    assert SIGNATURE in shown_in_notebook  # the player needs it
    with pytest.raises(lw.JobTimeoutError) as caught:
        client.submit(request).wait(0.01)
    assert secrets_in(shown(caught.value)) == []
    assert secrets_in(pickle.dumps(caught.value)) == []


def test_code_snippets_name_the_variable_and_not_the_key(client, monkeypatch):
    monkeypatch.setenv("LEGNEXT_API_KEY", KEY)
    request = lw.VideoDiffusion('it\'s "quoted"', image_url="https://example.com/a.jpg")

    for code in (request.to_curl(), request.to_python()):
        assert "LEGNEXT_API_KEY" in code
        assert KEY not in code


def test_pickles_hold_no_secret_and_clients_jobs_and_videos_cannot_be_pickled(stub):
    with lw.Client(KEY, base_url=stub.url, library=False) as client:
        stub.jobs[JOB] = completed(stub.url)
        job = client.job(JOB).refresh()
        for thing in (client, job, job.videos[0], Secret(KEY), client.config, client.session):
            with pytest.raises(TypeError):
                pickle.dumps(thing)
        assert job.task is not None
        assert secrets_in(pickle.dumps(job.task)) == []
        again = pickle.loads(pickle.dumps(job.task))
        assert (again.job_id, again.status) == (JOB, "completed")
        assert copy.deepcopy(job.task).output.video_urls == job.task.output.video_urls
        request = lw.VideoDiffusion("waves", image_url="https://example.com/a.jpg")
        assert pickle.loads(pickle.dumps(request)) == request


@pytest.mark.parametrize("bad", [f"{KEY} pasted twice {KEY}", f"{KEY}\n{KEY}", f"{KEY}é"])
def test_a_key_that_cannot_be_sent_is_not_shown_in_the_error(bad):
    with pytest.raises(ValueError, match="api_key") as caught:
        lw.Client(bad)

    assert secrets_in(str(caught.value)) == []
    assert secrets_in(shown(caught.value)) == []


@pytest.mark.parametrize("bad", [KEY.encode(), [KEY], {"key": KEY}, Secret(KEY)], ids=type)
def test_a_key_that_is_not_text_is_not_shown_in_the_error(bad):
    with pytest.raises(ValueError, match="api_key") as caught:
        lw.Client(bad)

    assert secrets_in(shown(caught.value)) == []


VERBOSE = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("colors", "NoColor")
shell.run_line_magic("xmode", "Verbose")
cells = [
    "import httpx, legnext_widgets as lw; options = dict(library=False, timeout=5)",
    "client = lw.Client(base_url=sys.argv[1], **options)",
    "client.balance()",
    "client.diffusion('x')",
    "client.job('5f0c8a1e-0000-4000-8000-00000000abcd').wait()",
    "client.submit_many(['x'])[0].wait()",
    "lw.Client(base_url=sys.argv[2], **options).diffusion('x')",
    "awaiting = lw.AsyncClient(base_url=sys.argv[1], **options)",
    "await awaiting.diffusion('x')",
    "client.with_options(nonsense=1)",
    "lw.Client(timeout=-1)",
    "def my_own(client, settings, vault): raise RuntimeError",
    "my_own(vars(client), vars(client.config), [vars(client.session.transport)])",
    "client.close(); client.diffusion('x')",
]
shell.user_ns["sys"] = sys
for cell in cells:
    shell.run_cell(cell)
"""


def test_tracebacks_of_ipython_with_all_local_variables_show_no_key(stub):
    """`%xmode Verbose` prints the variables and the expressions of each frame."""
    for path in ("/api/v1/", "/api/account/"):
        stub.others[path] = lambda request: Reply(401, body("error-401"))
    environment = os.environ | {"LEGNEXT_API_KEY": KEY}
    command = [sys.executable, "-c", VERBOSE, stub.url, closed_port()]

    done = subprocess.run(
        command, check=True, env=environment, capture_output=True, text=True, timeout=120
    )

    output = done.stdout + done.stderr
    for error in ("AuthenticationError", "TransportError", "LegnextError", "RuntimeError"):
        assert f"{error} " in output, output[-2000:]
    assert "timeout = -1" in output  # local variables are shown
    assert secrets_in(output) == []


def test_wrong_options_do_not_show_the_key():
    with pytest.raises(ValueError, match="timeout") as caught:
        lw.Client(KEY, timeout=0)
    assert secrets_in(shown(caught.value)) == []

    with lw.Client(KEY, library=False) as client, pytest.raises(ValueError, match="timeout") as two:
        client.with_options(timeout=-1)
    assert secrets_in(shown(two.value)) == []


async def test_a_cancelled_call_shows_no_secret(stub: RawService):
    import asyncio

    stub.others["/api/account/balance"] = lambda request: Reply(hold=stub.closed)
    async with lw.AsyncClient(KEY, base_url=stub.url, library=False) as client:
        asking = asyncio.create_task(client.balance())
        while not stub.requests:
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await asking
    assert secrets_in(shown(caught.value)) == []


def test_a_login_in_the_base_url_is_not_shown():
    url = closed_port().replace("http://", f"http://me:{SIGNATURE}@")
    with lw.Client(KEY, base_url=url, library=False) as client:
        with pytest.raises(lw.TransportError) as caught:
            client.balance()
        assert secrets_in(repr(client)) == []
    assert secrets_in(str(caught.value)) == []


LINKS = [
    # given, shown, stored
    ("https://h.example/a.mp4?Expires=1&Signature=SECRET", "https://h.example/a.mp4?…", None),
    ("https://h.example/a.mp4?X-Amz-Credential=SECRET", "https://h.example/a.mp4?…", None),
    ("https://h.example/a?sv=1&sig=SECRET", "https://h.example/a?…", None),
    ("https://me:SECRET@h.example/a.mp4", "https://h.example/a.mp4", None),
    ("s3://me:SECRET@bucket/a.mp4", "s3://bucket/a.mp4", None),
    ("https://h.example/a#access_token=SECRET", "https://h.example/a#…", None),
    ("https://h.example/p?of=https%3A%2F%2Fx%2Fa%3Ftoken%3DSECRET", "https://h.example/p?…", None),
    ("https://h.example/a?width=640", "https://h.example/a?…", "https://h.example/a?width=640"),
    ("https://h.example/a.mp4", "https://h.example/a.mp4", "https://h.example/a.mp4"),
]


@pytest.mark.parametrize(("link", "shown_link", "stored_link"), LINKS)
def test_a_link_is_shown_and_stored_by_one_rule(link, shown_link, stored_link):
    stored_link = stored_link or shown_link.rstrip("?#…")

    assert redact_links(f"see {link} there") == f"see {shown_link} there"
    assert without_secrets([{"a": f"see {link} there"}]) == [{"a": f"see {stored_link} there"}]
    assert "SECRET" not in str(redact({"a": [link]})) + str(without_secrets({"a": [link]}))


@pytest.mark.parametrize("name", ["secret", "api_key", "X-API-Key", "Authorization", "password"])
def test_a_secret_field_is_neither_shown_nor_stored(name):
    for value in ("SECRET", 123, ["SECRET"], {"a": "SECRET"}):
        assert redact({"a": {name: value}}) == {"a": {name: ""}}
        assert without_secrets({"a": {name: value}}) == {"a": {name: ""}}


def test_a_part_of_a_signed_link_is_redacted():
    text = r"GET /clip.mp4?Expires=1&Signature=SECRET&x=1 and https:\/\/h\/a?Policy=SECRET"

    assert "SECRET" not in redact_links(text)
    assert "x=1" in redact_links(text)


@pytest.mark.parametrize("text", ["a" * 10**6, "?a" * 10**5, "sign" * 10**5, "://@" * 10**5])
def test_a_long_text_without_secrets_comes_back_as_it_was(text):
    assert redact_links(text) == without_secrets(text) == text
