"""A service on loopback for benchmarks, run in a process of its own.

It prints its port, and ends with its standard input. A path begins with knobs, such as
`/wait=2.5/api/v1/video-diffusion`: seconds before a response is sent. `GET /count` gives the number
of accepted submissions, `GET /clip/N` an MP4 of N bytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid

BLOCK = bytes(range(256)) * 4096
FTYP_AND_MOOV = b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\0\0\0\x08moov"
MDAT_HEADER = 8


class Stub:
    """Accepts every submission."""

    def __init__(self) -> None:
        self.jobs = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, request by request."""
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        await reader.readexactly(int(headers.get("content-length", 0)))
        if path.startswith("/clip/"):
            await _send_clip(writer, int(path.rpartition("/")[2]))
            return True
        if method == "POST":
            self.jobs += 1
        if "wait=" in path:
            await asyncio.sleep(float(path.partition("wait=")[2].partition("/")[0]))
        body = json.dumps({"count": self.jobs} if path == "/count" else _task(path)).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        return headers.get("connection") != "close"


def _task(path: str) -> dict[str, object]:
    known = path.rpartition("/job/")[2] if "/job/" in path else str(uuid.uuid4())
    return {
        "job_id": known,
        "model": "midjourney",
        "task_type": "video_diffusion",
        "status": "pending",
        "config": {"service_mode": "public", "webhook_config": {"endpoint": "", "secret": ""}},
        "input": None,
        "output": {},
        "meta": {
            "created_at": "2026-01-01T00:00:00Z",
            "started_at": "0001-01-01T00:00:00Z",
            "ended_at": "0001-01-01T00:00:00Z",
            "usage": {"type": "point", "frozen": 480, "consume": 0},
        },
        "detail": None,
        "logs": [],
        "error": {"code": 0, "raw_message": "", "message": "", "detail": None},
    }


async def _send_clip(writer: asyncio.StreamWriter, size: int) -> None:
    """Send an MP4 of this size: whole by its container, with pictures that no player can show."""
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\naccept-ranges: bytes\r\n"
        b"content-length: %d\r\n\r\n" % size
    )
    left = size - len(FTYP_AND_MOOV)
    writer.write(FTYP_AND_MOOV + left.to_bytes(4, "big") + b"mdat")
    left -= MDAT_HEADER
    while left > 0:
        writer.write(BLOCK[:left])
        await writer.drain()
        left -= len(BLOCK)


async def main() -> None:
    """Serve until standard input ends."""
    server = await asyncio.start_server(Stub().serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
