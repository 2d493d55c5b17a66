"""A stand-in for the service on a real socket, told request by request what to do."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .task_factory import body, task


@dataclass(frozen=True)
class Request:
    """A request that arrived whole."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is sent back.

    Attributes:
        promised: Content-Length to claim instead of the true one.
        raw: Bytes to send instead of an HTTP answer.
        then: How the connection ends: `close` or `reset`.
        hold: Waits for this before anything is sent.
        hold_body: Waits for this between headers and body.
        drip: After the body comes a blank every now and then, and no end.
    """

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    raw: bytes | None = None
    then: str = "close"
    hold: threading.Event | None = None
    hold_body: threading.Event | None = None
    drip: bool = False


RESET = Reply(raw=b"", then="reset")
Script = Callable[[Request], Reply]


class RawService:
    """Serves one script per kind of request until it is closed.

    Attributes:
        diary: What happened, in order; journals of tests write into it too.
        jobs: Task objects by id, served to polls.
        active: The running tasks it lists.
        posts: Answers to POSTs in order; when they are used up each POST becomes a pending job.
        polls: Answers to polls in order, before `jobs` is served.
    """

    def __init__(self, *, before_reading: str = "") -> None:
        self.diary: list[tuple[str, ...]] = []
        self.requests: list[Request] = []
        self.jobs: dict[str, Any] = {}
        self.active: list[Any] = []
        self.posts: list[Reply] = []
        self.polls: list[Reply] = []
        self.others: dict[str, Script] = {}
        self.becomes = "pending"
        self.most_at_once = 0
        self.closed = threading.Event()
        self._before_reading = before_reading
        self._lock = threading.RLock()  # scripts look at `posted`, too
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, name="raw service", daemon=True).start()

    @property
    def posted(self) -> list[Request]:
        """POSTs that arrived whole, and were given to a script or made a job."""
        with self._lock:
            return [request for request in self.requests if request.method == "POST"]

    @property
    def polled(self) -> list[Request]:
        """Polls that arrived."""
        with self._lock:
            return [request for request in self.requests if "/api/v1/job/" in request.path]

    def close(self) -> None:
        self.closed.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection:
            if self._before_reading == "reset":
                connection.recv(1, socket.MSG_PEEK)  # it is there, but is never read
                _reset(connection)
                return
            if self._before_reading == "garbage":
                connection.sendall(b"this is not TLS\r\n")
                return
            with connection.makefile("rb") as reader:
                while (request := _read(reader)) is not None:
                    if not self._answer(connection, request):
                        break
        self._open.discard(connection)

    def _answer(self, connection: socket.socket, request: Request) -> bool:
        with self._lock:
            self.requests.append(request)
            if request.method == "POST":
                self.diary.append(("POST", request.path))
            reply = self._reply(request)
        for event in (reply.hold,):
            _wait(event, self.closed)
        if reply.raw is not None:
            connection.sendall(reply.raw)
        else:
            payload = reply.body if isinstance(reply.body, bytes) else _dumped(reply.body)
            length = len(payload) if reply.promised is None else reply.promised
            length += 1_000_000 if reply.drip else 0
            head = f"HTTP/1.1 {reply.status} Said\r\nContent-Length: {length}\r\n"
            for name, value in reply.headers.items():
                head += f"{name}: {value}\r\n"
            connection.sendall(head.encode("latin-1") + b"\r\n")
            _wait(reply.hold_body, self.closed)
            connection.sendall(payload)
            while reply.drip and not self.closed.wait(0.02):
                connection.sendall(b" ")
            if reply.promised is None and reply.then == "close":
                return True
        if reply.then == "reset":
            _reset(connection)
        return False

    def _reply(self, request: Request) -> Reply:
        for start, script in self.others.items():
            if request.path.startswith(start):
                return script(request)
        if request.method == "POST":
            return self.posts.pop(0) if self.posts else Reply(body=self.accepted(request))
        if "/api/v1/job/" in request.path:
            if self.polls:
                return self.polls.pop(0)
            found = self.jobs.get(request.path.rpartition("/")[2])
            missing = {"code": 404, "message": "job not found", "raw_message": "", "detail": None}
            return Reply(body=found) if found else Reply(404, missing)
        if request.path.endswith("/active_tasks"):
            return Reply(body={"code": 200, "data": self.active, "message": "success"})
        if request.path.endswith("/balance"):
            return Reply(body=body("balance"))
        return Reply(404, {"code": 404, "message": "no such path"})

    def accepted(self, request: Request) -> Any:
        """Makes a job of a POST; it is pending, and will be what `becomes` says."""
        job_id = str(uuid.uuid4())
        kind = request.path.rpartition("/")[2].replace("-", "_")
        self.jobs[job_id] = task(job_id, self.becomes, kind)
        running = sum(item["status"] not in ("completed", "failed") for item in self.jobs.values())
        self.most_at_once = max(self.most_at_once, running)
        return task(job_id, "pending", kind)


def _dumped(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def _wait(event: threading.Event | None, closed: threading.Event) -> None:
    while event is not None and not event.wait(0.02) and not closed.is_set():
        pass


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _read(reader: Any) -> Request | None:
    line = reader.readline()
    if not line:
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = dict(_headers(reader))
    content = reader.read(int(headers.get("content-length", "0")))
    if len(content) < int(headers.get("content-length", "0")):
        return None
    return Request(method, path, headers, content, time.monotonic())


def _headers(reader: Any) -> Iterator[tuple[str, str]]:
    while (line := reader.readline()) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        yield name.strip().lower(), value.strip()


@contextlib.contextmanager
def full_backlog() -> Iterator[str]:
    """An address where a connection is never taken up: its queue is full."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    waiting = []
    try:
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        for one in (*waiting, listening):
            one.close()


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
