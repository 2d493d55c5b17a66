"""The simulated service that all kernels of one test talk to, and what it was asked."""

from __future__ import annotations

from legnext_widgets.sandbox import Sandbox


class Service:
    """A sandbox on a socket of this process.

    Args:
        speed: How many times faster than the real service.
        packaged: Whether it gives the clips that the package carries instead of making some.
    """

    def __init__(self, speed: float, *, packaged: bool) -> None:
        self._sandbox = Sandbox(speed, packaged=packaged)
        self._sandbox.start()
        self.url = self._sandbox.base_url

    @property
    def variables(self) -> dict[str, str]:
        """What tells a kernel to use it."""
        return {"LEGNEXT_BASE_URL": self.url, "LEGNEXT_API_KEY": "a-key-of-nobody"}

    @property
    def submissions(self) -> int:
        """How many jobs it was asked to begin."""
        begun = ("/video-diffusion", "/diffusion", "/extend-video", "/video-upscale")
        calls = list(self._sandbox.calls)
        return sum(call.method == "POST" and call.path.endswith(begun) for call in calls)

    def polls(self, job_id: str) -> int:
        """How often it was asked for a job."""
        calls = list(self._sandbox.calls)
        return sum(call.method == "GET" and call.path.endswith(job_id) for call in calls)

    def close(self) -> None:
        """Ends it."""
        self._sandbox.close()
