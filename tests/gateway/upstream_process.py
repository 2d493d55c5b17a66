"""A service in a process of its own that remembers its jobs on disk, to be killed."""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

POINTS = 80
_JOB_SECONDS = 0.3
_SPEED = 4000


class Ledger:
    """The jobs of a service: each a line of a file, written before its answer leaves."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        lines = path.read_text().splitlines() if path.exists() else []
        found: list[dict[str, Any]] = [json.loads(line) for line in lines if complete(line)]
        self.jobs: dict[str, dict[str, Any]] = {each["id"]: each for each in found}

    def add(self, text: str) -> dict[str, Any]:
        job: dict[str, Any] = {"id": str(uuid.uuid4()), "text": text, "at": time.time()}
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(job) + "\n")
        self.jobs[job["id"]] = job
        return job


def complete(line: str) -> bool:
    """Whether a line was written to its end before the process was killed."""
    return line.endswith("}")


def task(job: dict[str, Any]) -> dict[str, Any]:
    done = time.time() - job["at"] > _JOB_SECONDS
    usage = {"type": "point", "frozen": POINTS, "consume": POINTS if done else 0}
    links = [f"https://example.com/{job['id']}/{n}.png" for n in range(4)]
    return {
        "job_id": job["id"],
        "task_type": "diffusion",
        "status": "completed" if done else "processing",
        "output": {"image_urls": links} if done else None,
        "created_at": datetime.fromtimestamp(job["at"], UTC).isoformat(),
        "meta": {"usage": usage},
    }


def main(ledger_path: str, port: str) -> None:
    """Serve until killed."""
    ledger = Ledger(Path(ledger_path))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(0.02)  # a moment to be killed in, before
            job = ledger.add(body["text"])
            time.sleep(0.02)  # and after
            self._answer(task(job))

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if name == "balance":
                self._answer({"code": 200, "data": {"account_id": 1, "available_points": 10**9}})
            elif name == "active_tasks":
                running = [task(each) for each in list(ledger.jobs.values())]
                listed = [each for each in running if each["status"] != "completed"]
                self._answer({"code": 200, "data": listed})
            elif name in ledger.jobs:
                self._answer(task(ledger.jobs[name]))
            else:
                self._answer({"code": 404, "message": "Job not found"}, 404)

        def _answer(self, found: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("x-legnext-sandbox", f"speed={_SPEED}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
