"""A service that accepts every job at once and counts what arrives."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support import mp4

CLIPS = 2
CLIP_BYTES = 200_000
POLLS_TO_COMPLETE = 2
SPEED = 2000
"""How fast the service's clock runs, so that a client polls quickly."""


EVENTS = (
    "POST arrived",
    "job accepted, nothing answered",
    "half of the answer sent",
    "answer sent",
    "poll arrived",
    "poll answered",
    "clip asked for",
    "half of a clip sent",
    "clip sent",
)
"""Moments in a job's life, seen from the service. A campaign may kill the client at each."""


def clip_bytes(job_id: str, number: int) -> bytes:
    """The content of a clip, which no other clip has."""
    seed = hashlib.sha256(f"{job_id}/{number}".encode()).digest()
    return mp4.clip(seed * (CLIP_BYTES // len(seed)))


class Quiet(ThreadingHTTPServer):
    """Reports no errors about clients that are gone: they were killed."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class CountingServer:
    """The service on a loopback socket.

    Attributes:
        posts: How many POSTs arrived for each prompt.
        jobs: The prompt of each accepted job.
        on_event: Called in the middle of an answer, with the event and the prompt of its job.
    """

    def __init__(self) -> None:
        self.posts: Counter[str] = Counter()
        self.jobs: dict[str, str] = {}
        self.polls: Counter[str] = Counter()
        self.on_event: Callable[[str], None] = lambda _: None
        self._lock = threading.Lock()
        self._server = Quiet(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def accept(self, prompt: str) -> dict[str, Any]:
        job_id = str(uuid.uuid4())
        with self._lock:
            self.jobs[job_id] = prompt
        return self.task(job_id)

    def task(self, job_id: str) -> dict[str, Any]:
        done = self.polls[job_id] >= POLLS_TO_COMPLETE
        clips = [f"{self.base_url}/clips/{job_id}/{number}.mp4" for number in range(CLIPS)]
        zero = "0001-01-01T00:00:00Z"
        return {
            "job_id": job_id,
            "model": "midjourney",
            "task_type": "video_diffusion",
            "status": "completed" if done else "processing",
            "config": {"service_mode": "public", "webhook_config": {"endpoint": "", "secret": ""}},
            "input": None,
            "output": {"video_urls": clips if done else None},
            "meta": {
                "created_at": "2025-10-20T20:06:14Z",
                "started_at": "2025-10-20T20:06:15Z",
                "ended_at": "2025-10-20T20:09:15Z" if done else zero,
                "usage": {"type": "point", "frozen": 480, "consume": 480 if done else 0},
            },
            "detail": None,
            "logs": [],
            "error": {"code": 0, "raw_message": "", "message": "", "detail": None},
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    # Killed while it was sending: no service makes a job of half a request.
                    self.close_connection = True
                    return
                prompt = json.loads(body)["prompt"]
                with server._lock:
                    server.posts[prompt] += 1
                server.on_event("POST arrived")
                answer = json.dumps(server.accept(prompt)).encode()
                server.on_event("job accepted, nothing answered")
                self.answer(answer, "application/json", "half of the answer sent")
                server.on_event("answer sent")

            def do_GET(self) -> None:
                kind, _, name = self.path.strip("/").partition("/")
                if kind == "clips":
                    job_id, _, number = name.removesuffix(".mp4").partition("/")
                    server.on_event("clip asked for")
                    self.answer(clip_bytes(job_id, int(number)), "video/mp4", "half of a clip sent")
                    server.on_event("clip sent")
                    return
                job_id = self.path.rpartition("/")[2]
                if job_id not in server.jobs:
                    self.answer(
                        b'{"code":200,"message":"success","data":[]}', "application/json", None
                    )
                    return
                server.on_event("poll arrived")
                server.polls[job_id] += 1
                self.answer(json.dumps(server.task(job_id)).encode(), "application/json", None)
                server.on_event("poll answered")

            def answer(self, content: bytes, mime: str, half_way: str | None) -> None:
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", mime)
                    self.send_header("Content-Length", str(len(content)))
                    self.send_header("X-Legnext-Sandbox", f"speed={SPEED}")
                    self.end_headers()
                    half = len(content) // 2
                    self.wfile.write(content[:half])
                    self.wfile.flush()
                    if half_way is not None:
                        server.on_event(half_way)
                    self.wfile.write(content[half:])
                    self.wfile.flush()
                except OSError:
                    self.close_connection = True

        return Handler
