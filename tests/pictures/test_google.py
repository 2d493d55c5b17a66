"""Buckets of Google: links that a service account signs, and what is wrong with credentials.

A server on loopback stands for the storage; the signature is checked with the account's public key,
by the steps of Google's documentation of V4 signing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import legnext_widgets as lw
from legnext_widgets.client.uploads.uploader import link_expiry

from .conftest import KEY
from .picture_factory import phone_jpeg

UNUSABLE = json.dumps(
    {"type": "service_account", "private_key": "no key", "private_key_id": "1", "client_email": "a"}
)
NOWHERE = "http://127.0.0.1:9"


class Storage(ThreadingHTTPServer):
    """Takes objects, and gives them to everybody."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.objects: dict[str, tuple[bytes, str]] = {}


class _Handler(BaseHTTPRequestHandler):
    server: Storage

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        path = unquote(urlsplit(self.path).path)
        self.server.objects[path] = (data, self.headers["Content-Type"])
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def storage() -> Iterator[Storage]:
    with Storage() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def account(folder: Path) -> tuple[Path, rsa.RSAPublicKey]:
    """Make the key file of a service account."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    content = {
        "type": "service_account",
        "private_key": pem.decode(),
        "private_key_id": "1",
        "client_email": "pictures@project.iam.gserviceaccount.com",
        "client_id": "1",
    }
    file = folder / "account.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file, key.public_key()


def upload(address: str) -> str:
    with lw.Client(KEY, base_url=NOWHERE, library=False, uploader=address) as client:
        return client.upload(phone_jpeg())


def test_a_link_is_signed_by_the_account_for_a_day(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, public_key = account(tmp_path)
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(file))

    link = upload(f"gs://my-bucket/of mine?endpoint={storage.url}")

    parts = urlsplit(link)
    data, kind = storage.objects[unquote(parts.path)]
    assert unquote(parts.path).startswith("/my-bucket/of mine/")
    assert (data[:3], kind) == (b"\xff\xd8\xff", "image/jpeg")
    assert len(link) <= 2048
    query = dict(parse_qsl(parts.query))
    assert query["X-Goog-Expires"] == str(int(timedelta(hours=24).total_seconds()))
    assert link_expiry(link) is not None
    signature = bytes.fromhex(query.pop("X-Goog-Signature"))
    canonical = "\n".join(
        (
            "GET",
            parts.path,
            "&".join(f"{name}={quote(query[name], safe='')}" for name in sorted(query)),
            "host:storage.googleapis.com",  # obstore signs for this host, wherever it uploads
            "",
            "host",
            "UNSIGNED-PAYLOAD",
        )
    )
    scope = query["X-Goog-Credential"].partition("/")[2]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signed = "\n".join((query["X-Goog-Algorithm"], query["X-Goog-Date"], scope, digest))
    public_key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("content", [None, "{", '{"type": "service_account"}', UNUSABLE])
def test_a_key_file_that_cannot_be_used_is_named_in_one_line(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "account.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(file))

    with pytest.raises(lw.UploadError) as raised:
        upload("gs://my-bucket/pictures")

    text = str(raised.value)
    assert text.startswith("gs://my-bucket/pictures did not take the picture: the file with ")
    assert "set GOOGLE_SERVICE_ACCOUNT" in text
    assert "\n" not in text
