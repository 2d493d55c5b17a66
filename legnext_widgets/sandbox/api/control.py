"""The sandbox's own paths, apart from the service's: what it is, and its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .faults import KINDS, read_fault

if TYPE_CHECKING:
    from .parts import Parts


def routes(sandbox: Parts) -> list[Route]:
    """`/sandbox` and `/sandbox/faults`."""
    control = _Control(sandbox)
    return [
        Route("/sandbox", control.about, methods=["GET"]),
        Route("/sandbox/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/faults/{number:int}", control.fault, methods=["GET", "DELETE"]),
    ]


class _Control:
    def __init__(self, sandbox: Parts) -> None:
        self._sandbox = sandbox

    async def about(self, request: Request) -> Response:
        """What this sandbox is and did."""
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
        """Lists the faults, switches one on (POST with JSON), or all off (DELETE)."""
        faults = self._sandbox.faults
        if request.method == "POST":
            try:
                wanted: Any = await request.json()
                if not isinstance(wanted, dict):
                    raise ValueError("a fault is a JSON object with a kind")
                fault = read_fault(wanted)
            except (ValueError, RecursionError) as error:
                return JSONResponse({"error": str(error), "kinds": KINDS}, 422)
            return JSONResponse(faults.add(fault).as_dict(), 201)
        if request.method == "DELETE":
            faults.clear()
        return JSONResponse({"faults": [f.as_dict() for f in faults.active], "kinds": KINDS})

    async def fault(self, request: Request) -> Response:
        """One fault and how often it happened; DELETE switches it off."""
        number = request.path_params["number"]
        found = next((f for f in self._sandbox.faults.active if f.id == number), None)
        if found is None:
            return JSONResponse({"error": "there is no such fault"}, 404)
        if request.method == "DELETE":
            self._sandbox.faults.switch_off(found)
        return JSONResponse(found.as_dict())
