"""What fails before the request leaves is said to be unsent, and only that."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

import legnext_widgets as lw
from tests.support.raw_service import Reply
from tests.support.report import note_situation
from tests.support.task_factory import body

from .conftest import KEY

PICTURE = "https://example.com/a.png"


class BrokenProxy:
    """A proxy that reads a CONNECT and then does one thing."""

    def __init__(self, answer: bytes | None, *, reset: bool = False) -> None:
        self.asked: list[bytes] = []
        self._answer = answer
        self._reset = reset
        self._held: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.asked.append(connection.recv(65536))
            if self._answer is None:
                self._held.append(connection)  # it says nothing
                continue
            if self._reset:
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.sendall(self._answer)
            connection.close()

    def close(self) -> None:
        for one in (self._listener, *self._held):
            one.close()


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., BrokenProxy]]:
    """Let the environment name a broken proxy."""
    opened: list[BrokenProxy] = []
    for name in ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    def open_one(answer: bytes | None, *, reset: bool = False) -> BrokenProxy:
        opened.append(BrokenProxy(answer, reset=reset))
        monkeypatch.setenv("HTTPS_PROXY", opened[-1].url)
        return opened[-1]

    yield open_one
    for proxy in opened:
        proxy.close()


@pytest.mark.parametrize(
    ("answer", "reset", "says"),
    [
        (b"", False, "does not answer as a proxy does"),
        (b"", True, "does not answer as a proxy does"),
        (b"welcome\r\n\r\n", False, "does not answer as a proxy does"),
        (None, False, "gives no answer in time"),
        (b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n", False, "refuses the connection"),
        (b"HTTP/1.1 200 OK\r\n\r\n", False, "the encryption behind it failed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", False, "the encryption behind"),
    ],
    ids=["closes", "resets", "other-protocol", "silent", "refuses", "closes-later", "web-page"],
)
def test_a_proxy_without_a_way_through_leaves_nothing_uncertain(
    driver, proxied, answer, reset, says
):
    proxy = proxied(answer, reset=reset)
    client = driver.client(
        KEY, base_url="https://service.example", library=False, timeout=0.5, max_retries=0
    )

    with pytest.raises(lw.TransportError, match=says) as raised:
        client.video_diffusion("it walks", image_url=PICTURE)

    assert "Nothing was sent" in str(raised.value)
    assert "HTTPS_PROXY" in str(raised.value)
    assert str(raised.value).startswith("Could not reach service.example (the proxy 127.0.0.1")
    assert {one.split()[0] for one in proxy.asked} == {b"CONNECT"}
    note_situation(
        "a proxy opens no way", sees=str(raised.value), requests=0, at_risk=0, whole=None
    )


async def _raise(_: httpx.Request) -> None:
    raise RuntimeError("no token")


def _fail(_: httpx.Request) -> httpx.Request:
    raise RuntimeError("no token")


class _Failing(httpx.AsyncBaseTransport):
    """A transport of a user that fails at one point."""

    def __init__(self, error: Exception, *, read: str = "") -> None:
        self.posts = 0
        self._error = error
        self._read = read

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.posts += request.method == "POST"
        if self._read == "stream":
            assert isinstance(request.stream, httpx.AsyncByteStream)
            async for _ in request.stream:  # as a connection that sends it
                break
        elif self._read == "aread":
            await request.aread()
        elif self._read:
            assert request.content
        raise self._error


@pytest.mark.parametrize(
    "http",
    [
        lambda: httpx.AsyncClient(event_hooks={"request": [_raise]}),
        lambda: httpx.AsyncClient(event_hooks={"request": [lambda _: None]}),
        lambda: httpx.AsyncClient(auth=_fail),
    ],
    ids=["hook", "synchronous-hook", "auth"],
)
def test_a_users_http_client_that_fails_before_sending_leaves_nothing_uncertain(driver, stub, http):
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=http())

    with pytest.raises(lw.TransportError, match="failed before it sent") as raised:
        client.video_diffusion("it walks", image_url=PICTURE)

    assert "Nothing was sent" in str(raised.value)
    assert [one for one in stub.requests if one.method == "POST"] == []


@pytest.mark.parametrize("read", ["", "stream", "content", "aread"])
@pytest.mark.parametrize(
    "error", [RuntimeError("broken"), httpx.ReadTimeout("slow"), httpx.ReadError("cut")]
)
def test_what_a_transport_of_another_kind_got_may_have_left(driver, stub, read, error):
    http = httpx.AsyncClient(transport=_Failing(error, read=read))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=http)

    with pytest.raises(lw.SubmissionUncertainError):
        client.video_diffusion("it walks", image_url=PICTURE)


def test_a_proxy_of_a_users_own_http_client_is_treated_alike(driver):
    proxy = BrokenProxy(b"")
    http = httpx.AsyncClient(proxy=proxy.url)
    client = driver.client(
        KEY, base_url="https://service.example", library=False, http_client=http, max_retries=0
    )

    with pytest.raises(lw.TransportError, match="Nothing was sent"):
        client.diffusion("a fox")
    proxy.close()


def test_a_transport_that_sends_and_then_cannot_connect_again_is_not_asked_again(driver, stub):
    transport = _Failing(httpx.ConnectError("refused"), read="stream")
    http = httpx.AsyncClient(transport=transport)
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=http, max_retries=2)

    with pytest.raises(lw.SubmissionUncertainError):
        client.video_diffusion("it walks", image_url=PICTURE)

    assert transport.posts == 1


def test_hooks_of_a_users_http_client_can_read_the_body(driver, stub):
    seen: list[bytes] = []

    async def note(request: httpx.Request) -> None:
        seen.extend([request.content, request.read(), await request.aread()])

    stub.others["/api/account/balance"] = lambda _: Reply(body=body("balance"))
    http = httpx.AsyncClient(event_hooks={"request": [note]})
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=http)

    client.diffusion("a fox")

    assert b"a fox" in seen[0]
    assert (
        seen[0]
        == seen[1]
        == seen[2]
        == next(one.body for one in stub.requests if one.method == "POST")
    )


@pytest.mark.parametrize(
    "options",
    [
        {"transport": httpx.HTTPTransport()},
        {"mounts": {"http://": httpx.HTTPTransport()}},
    ],
    ids=["transport", "mount"],
)
def test_a_synchronous_transport_is_refused_when_it_is_given(driver, stub, options):
    with pytest.raises(TypeError, match=r"HTTPTransport.*AsyncHTTPTransport"):
        driver.client(
            KEY, base_url=stub.url, library=False, http_client=httpx.AsyncClient(**options)
        )
