"""Uploads to real storage protocols: S3 spoken by moto, Azure's by azurite, both on loopback."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.client.uploads.address import parse_address
from legnext_widgets.client.uploads.bucket_errors import bucket_reason
from legnext_widgets.client.uploads.uploader import link_expiry
from tests.support.raw_service import RawService
from tests.support.waiting import wait_until

from .conftest import KEY
from .picture_factory import phone_jpeg, photo

pytest.importorskip("obstore")
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a service that speaks S3, with the bucket `pictures`."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
    ).create_bucket(Bucket="pictures")
    yield address
    server.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret-of-the-bucket")
    monkeypatch.setenv("AWS_REGION", "us-east-1")


def client_for(stub: RawService, **options: Any) -> lw.Client:
    return lw.Client(KEY, base_url=stub.url, library=False, **options)


@pytest.mark.usefixtures("credentials")
def test_a_picture_in_a_bucket_is_fetched_without_credentials(s3: str, stub: RawService) -> None:
    with client_for(stub, uploader=f"s3://pictures/for/clips?endpoint={s3}") as client:
        job = client.video_diffusion("x", image=phone_jpeg())

    assert isinstance(job.request, lw.VideoDiffusion)
    link = job.request.image_url or ""
    response = httpx.get(link)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert response.content == job.request.pictures["image_url"].data
    assert "/pictures/for/clips/" in link
    assert len(link) <= 2_048
    assert "secret" not in link
    until = link_expiry(link)
    assert until is not None
    assert timedelta(hours=23, minutes=55) < until - datetime.now(UTC) <= timedelta(hours=24)


@pytest.mark.usefixtures("credentials")
def test_the_bucket_is_found_in_the_environment(
    s3: str, stub: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGNEXT_UPLOADS", "s3://pictures/env")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    with client_for(stub) as client:
        link = client.upload(photo())

    assert link.startswith(f"{s3}/pictures/env/")
    assert httpx.get(link).status_code == 200


@pytest.mark.usefixtures("credentials")
async def test_an_awaiting_client_uploads_on_its_own_loop(s3: str, stub: RawService) -> None:
    uploader = f"s3://pictures?endpoint={s3}&hours=48"
    async with lw.AsyncClient(KEY, base_url=stub.url, library=False, uploader=uploader) as client:
        link = await client.upload(photo())

    until = link_expiry(link)
    assert until is not None
    assert until - datetime.now(UTC) > timedelta(hours=47)


@pytest.mark.usefixtures("credentials")
def test_links_of_a_public_bucket_are_not_signed(s3: str, stub: RawService) -> None:
    uploader = f"s3://pictures/a b?endpoint={s3}&public=https://cdn.example.com/files"
    with client_for(stub, uploader=uploader) as client:
        link = client.upload(photo())

    assert link.startswith("https://cdn.example.com/files/a%20b/")
    assert "?" not in link


@pytest.mark.usefixtures("credentials")
def test_a_missing_bucket_is_named_in_one_line(s3: str, stub: RawService) -> None:
    with (
        client_for(stub, uploader=f"s3://no-such-bucket/x?endpoint={s3}") as client,
        pytest.raises(lw.UploadError) as raised,
    ):
        client.video_diffusion("x", image=photo())

    assert str(raised.value) == (
        f"s3://no-such-bucket/x at {s3} did not take the picture: there is no such bucket; create "
        "it, or check its name and region. Nothing was sent to the service."
    )
    assert stub.posted == []


def test_missing_credentials_say_which_variables_to_set(stub: RawService) -> None:
    with (
        client_for(stub, uploader="s3://pictures?endpoint=http://127.0.0.1:9") as client,
        pytest.raises(lw.UploadError) as raised,
    ):
        client.upload(photo())

    text = str(raised.value)
    assert "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in text
    assert "\n" not in text


@pytest.mark.usefixtures("credentials")
def test_a_service_that_is_not_there_is_named(stub: RawService) -> None:
    with (
        client_for(stub, uploader="s3://pictures?endpoint=http://127.0.0.1:9") as client,
        pytest.raises(lw.UploadError, match=r"cannot be reached at http://127.0.0.1:9") as raised,
    ):
        client.upload(photo())

    assert "\n" not in str(raised.value)


def test_without_obstore_the_error_says_how_to_install_it(
    stub: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from legnext_widgets.client.uploads import object_store

    monkeypatch.setattr(object_store, "find_spec", lambda name: None)
    with (
        client_for(stub, uploader="gs://pictures/x") as client,
        pytest.raises(lw.UploadError, match=r"pip install 'legnext-widgets\[upload\]'"),
    ):
        client.upload(photo())


def _xml(code: str, message: str = "Something.") -> str:
    return (
        f"Error performing PUT https://x/y in 5ms - Server returned non-2xx status code: 403 "
        f"Forbidden: <Error><Code>{code}</Code><Message>{message}</Message></Error>"
        "\n\nDebug source:\nGeneric { store: ...secret... }"
    )


@pytest.mark.parametrize(
    ("address", "text", "reason"),
    [
        ("s3://bucket", _xml("RequestTimeTooSkewed"), "the clock of this computer is wrong"),
        ("s3://bucket", _xml("AccessDenied"), "grant write access (s3:PutObject)"),
        ("s3://bucket", _xml("InvalidAccessKeyId"), "the credentials are wrong; set AWS_ACCESS"),
        ("s3://bucket", _xml("PermanentRedirect"), "add ?region=... to the address"),
        ("s3://bucket", _xml("SlowDown", "Less."), "the service answered SlowDown: Less"),
        ("az://box", _xml("ContainerNotFound"), "there is no such bucket"),
        ("az://box", _xml("AuthenticationFailed"), "set AZURE_STORAGE_ACCOUNT_NAME"),
        ("az://box", "Generic error: Account must be specified", "no credentials were found"),
        ("gs://bucket", "Error performing token request: metadata", "set GOOGLE_SERVICE_ACCOUNT"),
        ("gs://bucket", "cannot sign with this", "links cannot be signed with these credentials"),
        ("s3://bucket", "HTTP error: builder error", "the endpoint is not encrypted"),
        ("s3://bucket", "status code: 500 oops", "the service answered HTTP 500"),
        ("s3://bucket", "status code: 403", "do not allow writing there (HTTP 403)"),
        ("s3://bucket", "", "the reason is unknown"),
    ],
)
def test_each_failure_is_one_line_with_the_way_out(address: str, text: str, reason: str) -> None:
    said = bucket_reason(text, parse_address(address))

    assert reason in said
    assert "\n" not in said
    assert "secret" not in said


@pytest.mark.parametrize("text", ["s3a://bucket/a/b/", "r2://bucket/a/b", " 's3://bucket/a/b' "])
def test_other_ways_to_write_an_address_mean_the_same(text: str) -> None:
    assert parse_address(text).url == "s3://bucket/a/b"


def test_an_address_as_azure_writes_it_names_container_and_account() -> None:
    address = parse_address("abfss://pictures@mine.dfs.core.windows.net/a/b")

    assert (address.url, address.account) == ("az://pictures/a/b", "mine")


# --- Azure

ACCOUNT, ACCOUNT_KEY = (
    "devstoreaccount1",
    # The published key of every storage emulator.
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a storage account at azurite, which verifies signatures."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("azurite")
    install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "azurite@3.37.0"]
    subprocess.run([npm, *install], cwd=folder, check=True, capture_output=True, timeout=300)
    port = free_port()
    program = folder / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    where = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder)]
    quiet = ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    server = subprocess.Popen(
        ["node", str(program), *where, *quiet], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(answers, "azurite answers", every=0.1)
        yield f"http://127.0.0.1:{port}/{ACCOUNT}"
    finally:
        server.kill()
        server.wait()


@pytest.mark.slow
def test_a_picture_at_azure_is_fetched_without_credentials(
    azure: str, stub: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", ACCOUNT_KEY)
    create_container(azure, "pictures")
    with client_for(stub, uploader=f"az://pictures/clips?endpoint={azure}") as client:
        link = client.upload(phone_jpeg())

    response = httpx.get(link)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/jpeg"
    assert httpx.get(link.partition("?")[0]).status_code in (403, 404, 409)
    until = link_expiry(link)
    assert until is not None
    assert until - datetime.now(UTC) > timedelta(hours=23, minutes=50)
    assert len(link) <= 2_048


@pytest.mark.slow
def test_wrong_credentials_at_azure_are_named(
    azure: str, stub: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "d3Jvbmc=")
    with (
        client_for(stub, uploader=f"az://pictures/clips?endpoint={azure}") as client,
        pytest.raises(lw.UploadError, match=r"az://pictures/clips at .* did not take") as raised,
    ):
        client.upload(photo())

    assert "\n" not in str(raised.value)


def create_container(address: str, name: str) -> None:
    """Create a container by the protocol itself: obstore has no call for it."""
    import base64
    import hashlib
    import hmac

    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    version = "2021-12-02"
    resource = f"/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    to_sign = f"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:{version}\n{resource}"
    digest = hmac.new(base64.b64decode(ACCOUNT_KEY), to_sign.encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    response = httpx.put(
        f"{address}/{name}?restype=container",
        headers={
            "x-ms-date": date,
            "x-ms-version": version,
            "authorization": f"SharedKey {ACCOUNT}:{signature}",
            "content-length": "0",
        },
    )
    assert response.status_code in (201, 409), response.text
