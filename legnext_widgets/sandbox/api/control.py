"""The sandbox's own paths, beside the service's: what it is, its faults, pictures given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from legnext_widgets.sandbox.faults.faults import FAULT_KINDS, parse_fault
from legnext_widgets.sandbox.media.fetch import SIZE_LIMIT
from legnext_widgets.sandbox.media.media_store import TAKEN, file_response, open_route

from .parse import origin, read_body

if TYPE_CHECKING:
    from starlette.requests import Request

    from legnext_widgets.sandbox.sandbox import Sandbox


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes that begin with `/sandbox`."""
    control = _Control(sandbox)
    return [
        Route("/sandbox", control.about, methods=["GET"]),
        Route("/sandbox/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/faults/{number:int}", control.fault, methods=["GET", "DELETE"]),
        Route(TAKEN, control.take_picture, methods=["POST"]),
        open_route(f"{TAKEN}/{{name}}", control.picture),
    ]


class _Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def about(self, request: Request) -> Response:
        """Describe this sandbox."""
        sandbox = self._sandbox
        examples = [
            {"title": title, "url": origin(request) + path} for title, path in sandbox.example_paths
        ]
        return JSONResponse(
            {
                "sandbox": True,
                "speed": sandbox.speed,
                "offline": sandbox.offline,
                "note": sandbox.note,
                "jobs": sandbox.scheduler.count(),
                "examples": examples,
                "faults": [fault.as_dict() for fault in sandbox.faults.active],
            }
        )

    async def faults(self, request: Request) -> Response:
        """List the faults, switch one on (POST with JSON), or switch all off (DELETE)."""
        faults = self._sandbox.faults
        if request.method == "POST":
            try:
                fault = parse_fault(await request.json())
            except (ValueError, RecursionError) as error:
                return JSONResponse({"error": str(error), "kinds": FAULT_KINDS}, 422)
            return JSONResponse(faults.add(fault).as_dict(), 201)
        if request.method == "DELETE":
            faults.clear()
        return JSONResponse({"faults": [f.as_dict() for f in faults.active], "kinds": FAULT_KINDS})

    async def take_picture(self, request: Request) -> Response:
        """Take a picture, which the service does not: it is then used by its link."""
        data = await read_body(request, SIZE_LIMIT)
        suffix = suffix_of(data)
        if suffix is None:
            return JSONResponse({"error": "it is no JPEG, PNG or WebP picture"}, 415)
        media = self._sandbox.media.take(data, suffix)
        return JSONResponse({"url": origin(request) + media.path}, 201)

    async def picture(self, request: Request) -> Response:
        """Return a picture that was taken."""
        found = self._sandbox.media.find(request.url.path)
        if found is None:
            return JSONResponse({"error": "there is no such picture"}, 404)
        return file_response(request, found.file)

    async def fault(self, request: Request) -> Response:
        """Return one fault with its counts; DELETE switches it off."""
        number = request.path_params["number"]
        found = next((f for f in self._sandbox.faults.active if f.id == number), None)
        if found is None:
            return JSONResponse({"error": "there is no such fault"}, 404)
        if request.method == "DELETE":
            self._sandbox.faults.switch_off(found)
        return JSONResponse(found.as_dict())


def suffix_of(data: bytes) -> str | None:
    """Return the suffix of a picture's type by its first bytes; None for all but three types."""
    if data[:3] == b"\xff\xd8\xff":
        return ".jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return ".png"
    return ".webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None
