"""One session of the client with its library, as a studio or a script uses them."""

from __future__ import annotations

import time
from pathlib import Path

from legnext_widgets.client.client import Client
from tests.library.killing.deadly_database import When, library_in
from tests.library.killing.watched_service import KEY

PATIENCE_SECONDS = 60.0


def run(base_url: str, folder: Path, prompts: list[str], when: When | None = None) -> None:
    """Finish what earlier sessions left, then make a job for each prompt."""
    with (
        library_in(folder, when) as library,
        Client(KEY, base_url=base_url, library=library) as client,
    ):
        client.runtime.run(client.session.restore(1000))
        for prompt in prompts:
            # The packaged clips of a job, and their order, depend on its picture.
            client.video_diffusion(prompt, image_url=f"https://example.com/{prompt[-1]}.png")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while library.unfinished_records() or library.unkept_records():
            if time.monotonic() > deadline:
                raise TimeoutError("the client does not finish its jobs")
            time.sleep(0.01)
