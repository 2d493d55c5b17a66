"""The sandbox's own paths, beside the service's: what it is, and its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from legnext_widgets.sandbox.faults.faults import KINDS, parse_fault

if TYPE_CHECKING:
    from starlette.requests import Request

    from legnext_widgets.sandbox.sandbox import Sandbox


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes `/sandbox` and `/sandbox/faults`."""
    control = _Control(sandbox)
    return [
        Route("/sandbox", control.about, methods=["GET"]),
        Route("/sandbox/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/faults/{number:int}", control.fault, methods=["GET", "DELETE"]),
    ]


class _Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def about(self, request: Request) -> Response:
        """Describe this sandbox."""
        sandbox = self._sandbox
        origin = f"{request.url.scheme}://{request.url.netloc}"
        examples = [{"title": t, "url": f"{origin}{path}"} for t, path in sandbox.example_paths]
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
                return JSONResponse({"error": str(error), "kinds": KINDS}, 422)
            return JSONResponse(faults.add(fault).as_dict(), 201)
        if request.method == "DELETE":
            faults.clear()
        return JSONResponse({"faults": [f.as_dict() for f in faults.active], "kinds": KINDS})

    async def fault(self, request: Request) -> Response:
        """Return one fault with its counts; DELETE switches it off."""
        number = request.path_params["number"]
        found = next((f for f in self._sandbox.faults.active if f.id == number), None)
        if found is None:
            return JSONResponse({"error": "there is no such fault"}, 404)
        if request.method == "DELETE":
            self._sandbox.faults.switch_off(found)
        return JSONResponse(found.as_dict())
