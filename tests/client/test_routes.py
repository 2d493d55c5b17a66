"""Proxies and certificates of the environment: respected, named when broken, not in the way."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.routes import Certificates, RoutingTransport, proxy_of
from tests.support.raw_service import Reply
from tests.support.report import note_situation
from tests.support.task_factory import body

from .conftest import KEY

VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port of this machine that is taken and refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


BROKEN = {
    "SSL_CERT_FILE": "/nowhere/certificates.pem",
    "SSL_CERT_DIR": "/nowhere",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "HTTPS_PROXY": "socks4://127.0.0.1:9",
    "HTTP_PROXY": "http://[broken",
    "NO_PROXY": "[::1],::1,http://[x,*.example.com",
}


def test_what_stays_on_this_machine_needs_no_settings(driver, stub, monkeypatch):
    for name, value in BROKEN.items():
        monkeypatch.setenv(name, value)
    stub.others["/api/account/balance"] = lambda _: Reply(body=body("balance"))
    client = driver.client(KEY, base_url=stub.url, library=False)

    assert client.balance().available_points is not None


def test_the_sandbox_needs_no_settings(monkeypatch):
    for name, value in BROKEN.items():
        monkeypatch.setenv(name, value)

    with lw.Client.sandbox(speed=600, packaged=True, offline=True) as client:
        images = client.diffusion("a fox").wait(60)
        clip = client.video_diffusion("it runs", job_id=images.id, image_no=0).wait(60)
        assert len(clip.videos[0].read()) > 1000


def test_no_certificates_are_loaded_for_this_machine(driver, stub, monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("certificates are loaded")

    monkeypatch.setattr(httpx, "create_ssl_context", refuse)
    monkeypatch.setattr(ssl, "create_default_context", refuse)
    stub.others["/api/account/balance"] = lambda _: Reply(body=body("balance"))

    assert driver.client(KEY, base_url=stub.url, library=False).balance()


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("ALL_PROXY", "socks5://user:secret@127.0.0.1:9", "httpx[socks]"),
        ("HTTPS_PROXY", "socks4://127.0.0.1:9", "an unsupported proxy"),
        ("HTTPS_PROXY", "ftp://proxy.example", "an unsupported proxy"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem", "/nowhere/certificates.pem"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_at_once(
    driver, monkeypatch, name, value, advice, unpatched_certificates
):
    monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "socksio", None)
    client = driver.client(KEY, base_url="https://service.example", library=False)

    with pytest.raises(lw.TransportError) as raised:
        client.diffusion("a fox")

    told = str(raised.value)
    assert name in told
    assert advice in told
    assert "Nothing was sent" in told
    assert "secret" not in told
    note_situation(
        f"{name} is {value.partition(':')[0]}...", sees=told, requests=0, at_risk=0, whole=None
    )


@pytest.fixture
def unpatched_certificates(monkeypatch):
    """Certificates are read where the environment says, as outside of tests."""
    from httpx._config import create_ssl_context

    monkeypatch.setattr(httpx, "create_ssl_context", create_ssl_context)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_dead_proxy_is_named_as_the_proxy(driver, monkeypatch, dead_port, name):
    monkeypatch.setenv(name, f"http://user:secret@127.0.0.1:{dead_port}")
    client = driver.client(KEY, base_url="https://service.example", library=False, max_retries=0)

    with pytest.raises(lw.TransportError) as raised:
        client.diffusion("a fox")

    told = str(raised.value)
    assert told.startswith(f"Could not reach the proxy 127.0.0.1:{dead_port}, which {name} names")
    assert "service.example" not in told
    assert "secret" not in told
    note_situation(
        "a proxy of the environment is dead",
        sees="Could not reach the proxy ..., which HTTPS_PROXY names",
        requests=0,
        at_risk=0,
        whole=None,
    )


def test_a_proxy_that_refuses_is_named_with_the_host(driver, monkeypatch, stub):
    monkeypatch.setenv("HTTPS_PROXY", stub.url)  # it knows no CONNECT
    client = driver.client(KEY, base_url="https://service.example", library=False, max_retries=0)

    with pytest.raises(
        lw.TransportError, match=r"service\.example \(the proxy .*HTTPS_PROXY names, refuses"
    ):
        client.diffusion("a fox")


@pytest.mark.parametrize("bundle", [None, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_a_refused_certificate_names_the_variable_to_set(monkeypatch, bundle):
    if bundle is not None:
        monkeypatch.setenv(bundle, "/etc/ssl/own.pem")

    class Inspected(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", lambda **_: Inspected())
    async with lw.AsyncClient(KEY, base_url="https://service.example", library=False) as client:
        with pytest.raises(lw.TransportError) as raised:
            await client.diffusion("a fox")

    told = str(raised.value)
    assert "set SSL_CERT_FILE" in told
    assert bundle is None or f"{bundle} is set but not used here" in told


@pytest.mark.parametrize(
    ("url", "exceptions", "used"),
    [
        ("https://api.service.example/a", "", True),
        ("https://api.service.example/a", "service.example", False),
        ("https://api.service.example/a", ".service.example", False),
        ("https://api.service.example/a", "*.service.example", False),
        ("https://api.service.example/a", "api.service.example:443", False),
        ("https://api.service.example/a", "api.service.example:444", True),
        ("https://api.service.example/a", "vice.example", True),
        ("https://api.service.example/a", "other.example, *", False),
        ("https://[2001:db8::1]/a", "[2001:db8::1]", False),
        ("https://[2001:db8::1]/a", "2001:db8::1", False),
        ("https://[2001:db8::1]:8443/a", "[2001:db8::1]:8443", False),
        ("https://[2001:db8::2]/a", "[2001:db8::1],[", True),
        ("https://10.1.2.3/a", "10.0.0.0/8", False),
        ("https://11.1.2.3/a", "10.0.0.0/8", True),
        ("https://[fd00::5]/a", "fd00::/8", False),
        ("https://api.service.example/a", "10.0.0.0/8,10.0.0.0/99", True),
        ("https://api.service.example/a", "localhost other.example service.example", False),
    ],
)
def test_exceptions_from_the_proxy_are_read_in_every_usual_form(url, exceptions, used):
    proxies = {"https": "http://proxy.example:3128", "no": exceptions}

    assert (proxy_of(httpx.URL(url), proxies) is not None) is used


async def test_links_of_other_hosts_still_use_proxy_and_certificates(monkeypatch, stub):
    opened: list[dict[str, Any]] = []

    class Route(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200)

    def make(**options: Any) -> Route:
        opened.append(options)
        return Route()

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", make)
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    transport = RoutingTransport(Certificates())
    async with httpx.AsyncClient(transport=transport) as http:
        for link in ("http://127.0.0.1:1/a", "https://media.example/a", "https://media.example/b"):
            await http.get(link)

    assert [options.get("proxy") for options in opened] == [None, "http://proxy.example:3128"]


def test_a_client_is_made_without_reading_certificates():
    program = (
        "import legnext_widgets as lw, ssl, sys\n"
        "ssl.create_default_context = None\n"
        "client = lw.Client('any', library=False)\n"
        "client.close()\n"
        "print('certifi' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ended.stdout.split() == ["False"], ended.stderr
