"""Pictures on their way: uploaded once, before anything is paid, and only where they may go."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import legnext_widgets as lw
from legnext_widgets.client.api.responses import SANDBOX_HEADER
from legnext_widgets.client.uploads.uploader import link_expiry
from legnext_widgets.sandbox import Sandbox
from tests.client.both_clients import quick
from tests.client.recording_store import RecordingStore
from tests.support.raw_service import RawService, Reply
from tests.support.task_factory import body
from tests.support.waiting import wait_until

from .conftest import KEY
from .picture_factory import PLACE, phone_jpeg, photo

LINK = "https://pictures.example.com/"


class Uploads:
    """An uploader that remembers what it was given."""

    def __init__(self, diary: list[Any], link: str = LINK) -> None:
        self.given: list[tuple[bytes, str]] = []
        self.diary = diary
        self.link = link

    def __call__(self, data: bytes, name: str) -> str:
        self.diary.append(("upload", name))
        self.given.append((data, name))
        return self.link + name


def test_a_picture_is_uploaded_and_its_link_sent(connect: Callable[..., Any], stub: RawService):
    uploads = Uploads(stub.diary)

    job = connect(uploader=uploads).video_diffusion("It moves", image=phone_jpeg(), loop=True)

    ((data, name),) = uploads.given
    assert [what for what, _ in stub.diary] == ["upload", "POST"]
    assert stub.posted[0].json["prompt"] == f"{LINK}{name} It moves --loop"
    assert job.request.image_url == LINK + name
    assert re.fullmatch(r"[0-9a-f]{40}\.jpg", name)
    assert PLACE not in data


def test_a_terminal_that_was_closed_takes_no_paid_job_away(
    connect: Callable[..., Any], stub: RawService, monkeypatch: pytest.MonkeyPatch
):
    closed = io.StringIO()
    closed.close()
    client = connect(uploader=Uploads(stub.diary))
    monkeypatch.setattr(sys, "stderr", closed)

    assert client.video_diffusion("It moves", image=phone_jpeg()).id in stub.jobs


def test_first_and_last_frame_are_both_uploaded(connect: Callable[..., Any], stub: RawService):
    uploads = Uploads(stub.diary)

    connect(uploader=uploads).video_diffusion("x", image=photo(), end_image=phone_jpeg())

    (first, last) = (name for _, name in uploads.given)
    assert stub.posted[0].json["prompt"] == f"{LINK}{first} x --end {LINK}{last}"


def test_the_same_picture_is_uploaded_once(connect: Callable[..., Any], stub: RawService):
    uploads = Uploads(stub.diary)
    client = connect(uploader=uploads)

    links = {client.upload(phone_jpeg()) for _ in range(3)}
    for number in range(3):
        client.video_diffusion(f"take {number}", image=io.BytesIO(phone_jpeg()))

    assert len(uploads.given) == len(links) == 1


async def test_jobs_that_start_at_once_share_one_upload(stub: RawService):
    begun = asyncio.Event()
    calls = []

    async def upload(data: bytes, name: str) -> str:
        calls.append(name)
        await begun.wait()
        return LINK + name

    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=False, uploader=upload))
    jobs = [
        asyncio.ensure_future(client.video_diffusion(f"x {n}", image=photo())) for n in range(4)
    ]
    await asyncio.to_thread(wait_until, lambda: calls, "an upload began", every=0.01)
    jobs[0].cancel()  # the others still need it
    await asyncio.sleep(0)
    begun.set()
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    await client.aclose()

    assert len(calls) == 1
    assert isinstance(ended[0], asyncio.CancelledError)
    assert all(isinstance(job, lw.AsyncJob) for job in ended[1:])
    assert len(stub.posted) == 3


def test_nothing_is_uploaded_for_a_request_over_the_budget(
    connect: Callable[..., Any], stub: RawService
):
    uploads = Uploads(stub.diary)

    with pytest.raises(lw.BudgetExceededError):
        connect(uploader=uploads, budget_points=400).video_diffusion("x", image=photo())

    assert uploads.given == []


def test_nothing_is_uploaded_for_a_request_with_another_fault(
    connect: Callable[..., Any], stub: RawService
):
    uploads = Uploads(stub.diary)
    client = connect(uploader=uploads)

    for wrong in ({"motion": "fast"}, {"callback": "nowhere"}, {"prompt": ""}):
        with pytest.raises(ValueError, match="must"):
            client.video_diffusion(**{"prompt": "x", "image": photo()} | wrong)

    assert uploads.given == []


def _raises(error: Exception) -> Callable[[bytes, str], str]:
    def upload(data: bytes, name: str) -> str:
        raise error

    return upload


@pytest.mark.parametrize(
    ("uploader", "says"),
    [
        (_raises(OSError("no space left?token=1")), "The uploader failed (OSError: no space left"),
        (_raises(KeyError()), "The uploader failed (KeyError)"),
        (lambda data, name: None, "must give an http:// or https:// link, not NoneType"),
        (lambda data, name: "/tmp/a.jpg", "must give an http:// or https:// link"),
        (lambda data: "x", "The uploader failed (TypeError"),
    ],
)
def test_a_failed_upload_sends_no_paid_request_and_frees_its_points(
    connect: Callable[..., Any], stub: RawService, journal: RecordingStore, uploader: Any, says: str
):
    client = connect(uploader=uploader, budget_points=480, library=journal)

    with pytest.raises(lw.UploadError, match=re.escape(says)) as raised:
        client.video_diffusion("x", image=photo())

    assert "Nothing was sent" in str(raised.value)
    assert stub.posted == []
    assert journal.words == []
    assert client.session.budget.spent == 0


def test_a_link_that_only_this_network_reaches_is_refused(driver, stub: RawService):
    client = driver.client(KEY, library=False, uploader=lambda data, name: "http://nas.local/a.jpg")

    with pytest.raises(ValueError, match="image_url leads to this computer or a private network"):
        client.video_diffusion("x", image=photo())


def test_without_an_uploader_the_error_shows_three_ways_that_run(driver):
    client = driver.client(KEY, library=False)

    with pytest.raises(lw.UploadError) as raised:
        client.video_diffusion("x", image=photo())

    text = str(raised.value)
    assert "Nothing was sent" in text
    code = [
        "\n".join(line[7:] for line in block.splitlines() if line.startswith("       "))
        for block in re.split(r"\n\d\. ", text)[1:]
    ]
    assert len(code) == 3
    for block in code:
        compile(block, "<way>", "exec")
    assert "image_url=" in code[0]
    assert "LEGNEXT_UPLOADS" in code[1]
    assert "uploader=upload" in code[2]


def test_the_identity_of_a_picture_is_stored_with_the_attempt(stub, journal):
    client = quick(lw.Client(KEY, base_url=stub.url, library=journal, uploader=Uploads(stub.diary)))
    with client:
        request = lw.VideoDiffusion("x", image=phone_jpeg())
        client.submit(request)

    (attempt,) = journal.attempts
    assert attempt.pictures == {"image_url": request.pictures["image_url"].identity}
    assert LINK in attempt.payload["prompt"]


def test_where_a_picture_goes_is_logged_in_full(stub, caplog):
    link = LINK + "a.jpg?X-Amz-Date=20990101T000000Z&X-Amz-Expires=86400&X-Amz-Signature=secret"
    with (
        caplog.at_level(logging.INFO, "legnext_widgets"),
        lw.Client(
            KEY, base_url=stub.url, library=False, uploader=lambda data, name: link
        ) as client,
    ):
        assert client.upload(phone_jpeg()) == link

    (said,) = [line for line in caplog.messages if "Uploaded" in line]
    assert re.search(r"640 x 480, \d+ KB\) \(metadata removed\) to your uploader", said)
    assert "until 2099-01-0" in said
    assert "secret" not in caplog.text


def test_a_link_of_unusual_length_is_warned_about(stub, caplog):
    long = LINK + "a" * 2_100
    with lw.Client(KEY, base_url=stub.url, library=False, uploader=lambda d, n: long) as client:
        client.upload(photo())

    assert "more than 2048 may not be taken" in caplog.text


@pytest.mark.parametrize(
    ("query", "until"),
    [
        ("X-Amz-Date=20260101T000000Z&X-Amz-Expires=86400", "2026-01-02T00:00:00+00:00"),
        ("X-Goog-Date=20260101T000000Z&X-Goog-Expires=3600", "2026-01-01T01:00:00+00:00"),
        ("sv=2020-12-06&se=2026-01-02T00%3A00%3A00Z&sig=x", "2026-01-02T00:00:00+00:00"),
        ("sv=2020-12-06&se=2026-01-02&sig=x", "2026-01-02T00:00:00+00:00"),
        ("X-Amz-Date=20260101T000000&X-Amz-Expires=60", "2026-01-01T00:01:00+00:00"),
        ("Expires=1767225600&Signature=x", "2026-01-01T00:00:00+00:00"),
    ],
)
def test_the_end_of_a_signed_link_is_read(query: str, until: str) -> None:
    moment = link_expiry(f"https://example.com/a.jpg?{query}")

    assert moment is not None
    assert moment.isoformat() == until


def test_a_link_without_an_end_has_none() -> None:
    assert link_expiry("https://example.com/a.jpg?se=soon&Expires=x") is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("ftp://bucket/a", "must be a function or an address such as s3://bucket/prefix"),
        ("pictures", "must be a function or an address"),
        ("s3://", "is not a valid bucket name"),
        ("s3://b/x", "is not a valid bucket name"),
        ("s3://AKIA:secret@bucket/a", "write s3://bucket/prefix, and set the keys in the environ"),
        ("s3://bucket?regio=eu", "has no option 'regio'. Did you mean 'region'?"),
        ("s3://bucket?endpoint=minio:9000", "endpoint must be an http:// or https:// link"),
        ("s3://bucket?endpoint=http://minio.example.com", "of bucket bucket is not encrypted"),
        ("s3://bucket?hours=400", "hours must be 1 to 168"),
        ("s3://bucket?hours=x", "hours must be 1 to 168"),
    ],
)
def test_an_address_that_cannot_work_is_refused_when_the_client_is_made(given: str, says: str):
    with pytest.raises(ValueError, match=re.escape(says)):
        lw.Client(KEY, library=False, uploader=given)


def test_an_uploader_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="uploader must be a function"):
        lw.Client(KEY, library=False, uploader=3)  # type: ignore[arg-type]


def test_the_uploader_stays_with_changed_options(stub: RawService) -> None:
    uploads = Uploads([])
    with (
        lw.Client(KEY, base_url=stub.url, library=False, uploader=uploads) as client,
        client.with_options(timeout=5) as other,
    ):
        other.upload(photo())

    assert len(uploads.given) == 1


# --- the sandbox


def test_the_embedded_sandbox_takes_pictures_and_makes_clips_of_them() -> None:
    image = Image.new("RGB", (640, 480), (200, 30, 40))
    with lw.Client.sandbox(speed=2000) as client:
        job = client.video_diffusion("x", image=image, batch_size=1).wait(240)
        clip = job.videos[0].read()

    assert middle_of(clip) == pytest.approx((200, 30, 40), abs=8)


def middle_of(clip: bytes) -> tuple[int, ...]:
    import av

    with av.open(io.BytesIO(clip), "r") as container:
        frame = next(container.decode(video=0)).to_image()
    pixel = frame.getpixel((frame.width // 2, frame.height // 2))
    assert isinstance(pixel, tuple)
    return pixel


def test_a_sandbox_at_an_address_is_recognised_before_a_picture_leaves(driver, monkeypatch):
    monkeypatch.setenv("LEGNEXT_UPLOADS", "s3://bucket/prefix?endpoint=http://127.0.0.1:9")
    with Sandbox(2000) as sandbox:
        sandbox.start()
        client = driver.client(KEY, base_url=sandbox.base_url, library=False)
        job = client.video_diffusion("x", image=photo(), batch_size=1)
        assert job.request.image_url.startswith(f"{sandbox.base_url}/sandbox/pictures/")


@pytest.mark.parametrize(
    "address", ["s3:/bucket", "bucket/prefix", "s3://key:secret@bucket", "s3://bucket?hourss=3"]
)
def test_an_unusable_address_in_the_environment_stops_only_pictures(
    driver, stub, monkeypatch, address
):
    monkeypatch.setenv("LEGNEXT_UPLOADS", address)
    with lw.Client.sandbox(speed=2000) as sandbox:
        assert sandbox.upload(photo())
    stub.others["/api/account/balance"] = lambda _: Reply(body=body("balance"))
    client = driver.client(KEY, base_url=stub.url, library=False)
    assert client.diffusion("a fox").id
    client = client.with_options(max_retries=0)

    for _ in range(2):
        with pytest.raises(lw.UploadError, match=r"^LEGNEXT_UPLOADS.*Nothing was sent") as raised:
            client.upload(photo())
        assert "secret@" not in str(raised.value)


def test_the_key_does_not_travel_with_a_picture(connect, stub: RawService) -> None:
    headers = {SANDBOX_HEADER: "1; speed=60"}
    stub.others["/api/account/balance"] = lambda _: Reply(body=body("balance"), headers=headers)
    stub.others["/sandbox/pictures"] = lambda _: Reply(201, {"url": f"{stub.url}/a.jpg"})

    assert connect().upload(photo()) == f"{stub.url}/a.jpg"

    (given,) = (request for request in stub.requests if request.path == "/sandbox/pictures")
    assert KEY not in str(given.headers)


def test_a_sandbox_says_that_pictures_stay_here(caplog) -> None:
    with (
        caplog.at_level(logging.INFO, "legnext_widgets"),
        lw.Client.sandbox(speed=2000) as client,
    ):
        client.upload(photo())

    assert "went to the sandbox; it stays on this computer." in caplog.text


def test_an_uploader_given_to_a_sandbox_client_is_used() -> None:
    uploads = Uploads([])
    with lw.Client.sandbox(speed=2000, uploader=uploads) as client:
        assert client.upload(photo()).startswith(LINK)


async def test_a_sandbox_without_sockets_takes_pictures() -> None:
    import httpx

    sandbox = Sandbox(2000)
    http = httpx.AsyncClient(transport=sandbox.transport())
    client = lw.AsyncClient(KEY, base_url=sandbox.base_url, library=False, http_client=http)
    job = await client.video_diffusion("x", image=photo(), batch_size=1)
    await job.wait(240)
    await client.aclose()
    await http.aclose()
    sandbox.close()

    assert job.status == "completed"


def test_the_sandbox_refuses_what_is_no_picture() -> None:
    import httpx

    with Sandbox(1) as sandbox:
        sandbox.start()
        address = f"{sandbox.base_url}/sandbox/pictures"
        assert httpx.post(address, content=b"text").status_code == 415
        assert httpx.post(address, content=bytes(21 << 20)).status_code == 413
        assert httpx.get(f"{address}/none.jpg").status_code == 404
        given = httpx.post(address, content=phone_jpeg()).json()["url"]
        assert httpx.get(given).headers["content-type"] == "image/jpeg"


# --- interruptions

CHILD = """
import sys, threading, time, json
import legnext_widgets as lw
from PIL import Image
ended = threading.Event()
def upload(data, name):
    print("uploading", flush=True)
    sys.stdin.readline()
    ended.set()
    return "https://pictures.example.com/" + name
client = lw.Client("k", base_url=sys.argv[1], library=False, uploader=upload)
try:
    client.video_diffusion("x", image=Image.new("RGB", (9, 9)))
except KeyboardInterrupt as interrupt:
    print("interrupted", flush=True)
    ended.wait()
    client.close()
    print("closed", client.session.budget.spent, len(client.jobs), flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_during_an_upload_sends_nothing(stub: RawService) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, stub.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "uploading\n"
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "interrupted\n"
        assert child.stdin is not None
        child.stdin.write("the upload may end\n")
        child.stdin.flush()
        assert child.stdout.readline() == "closed 0 0\n"
    finally:
        child.kill()
        child.communicate()

    assert stub.posted == []


async def test_a_client_closed_under_an_upload_sends_nothing(stub: RawService) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def upload(data: bytes, name: str) -> str:
        begun.set()
        await never.wait()
        return LINK

    client = quick(lw.AsyncClient(KEY, base_url=stub.url, library=False, uploader=upload))
    submitting = asyncio.ensure_future(client.video_diffusion("x", image=photo()))
    await begun.wait()
    await client.session.aclose(patience=0.05)

    with pytest.raises(lw.LegnextError):
        await submitting
    assert stub.posted == []


def test_a_batch_goes_on_where_one_upload_fails(stub: RawService) -> None:
    stub.becomes = "completed"

    def upload(data: bytes, name: str) -> str:
        if len(data) < 2_000:
            raise OSError("too small")
        return LINK + name

    with quick(lw.Client(KEY, base_url=stub.url, library=False, uploader=upload)) as client:
        small, large = Image.new("RGB", (5, 5)), photo()
        jobs = client.submit_many(
            [lw.VideoDiffusion("x", image=image) for image in (large, small, large)]
        )

    assert [job.status for job in jobs] == ["completed", "failed", "completed"]
    assert isinstance(jobs[1].error, lw.UploadError)
    assert len(stub.posted) == 2
    assert json.dumps([post.json["videoType"] for post in stub.posted]) == "[0, 0]"
