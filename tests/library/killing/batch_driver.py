"""One session that runs a whole batch with `reuse`, as a cell of a notebook does."""

from __future__ import annotations

import json
from pathlib import Path

import legnext_widgets as lw
from legnext_widgets.client.client import Client
from tests.library.killing.deadly_database import When, library_in
from tests.library.killing.watched_service import KEY

RESULT = "result.json"


def run(base_url: str, folder: Path, prompts: list[str], when: When | None = None) -> None:
    """Run the batch, and write what became of each request beside the library."""
    requests = [
        lw.VideoDiffusion(prompt, image_url="https://example.com/sea.png", batch_size=1)
        for prompt in prompts
    ]
    with (
        library_in(folder, when) as library,
        Client(KEY, base_url=base_url, library=library, reuse=True) as client,
    ):
        jobs = client.submit_many(requests)
        result = [
            {
                "words": job.request.prompt if job.request else "",
                "job": job.id,
                "status": job.status,
                "attempt": getattr(job.error, "attempt_id", None),
                "error": str(job.error or ""),
            }
            for job in jobs
        ]
        (folder.parent / RESULT).write_text(json.dumps(result))
