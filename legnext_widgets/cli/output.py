"""Print jobs: a few lines for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from legnext_widgets.client.display.html import settings_of
from legnext_widgets.client.progress.report import counted, joined, points_of, quoted, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from legnext_widgets import Job


def print_json(value: object) -> None:
    """Print a value as JSON, in ASCII where standard output cannot write all characters."""
    encoding = str(getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    click.echo(json.dumps(value, ensure_ascii=not encoding.startswith("utf"), indent=2))


def tolerate_encodings() -> None:
    """Print `?` for characters that the encoding of a terminal or a file does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def json_of(job: Job, files: Iterable[Path] = ()) -> dict[str, object]:
    """Describe a job as JSON.

    Args:
        job: The job.
        files: What was saved of it.
    """
    error = job.error
    return {
        "id": job.id,
        "status": job.status,
        "kind": job.state.task_type,
        "prompt": job.prompt,
        "elapsed": None if job.elapsed is None else round(job.elapsed, 1),
        "points": job.state.task.points if job.state.task else None,
        "videos": [
            {
                "index": video.index,
                "url": video.url,
                "expires_at": video.expires_at.isoformat() if video.expires_at else None,
                "kept": str(video.kept) if video.kept else None,
            }
            for video in job.videos
        ],
        "images": job.images,
        "files": [str(file) for file in files],
        "error": None
        if error is None
        else {"kind": type(error).__name__, "message": error.headline},
    }


def line_of(job: Job) -> str:
    """Describe a job in one line: id, status, time, words."""
    taken = "" if job.elapsed is None else time_of(job.elapsed)
    kind = job.state.task_type.replace("_", " ")
    return f"{job.id[:8] or '-':<8}  {job.status:<10}  {taken:>7}  {quoted(job.prompt, 60) or kind}"


def print_job(job: Job, files: Iterable[Path] = ()) -> None:
    """Print what is known of a job."""
    taken = "" if job.elapsed is None else time_of(job.elapsed)
    points = points_of(job.state.task.points if job.state.task else None)
    kind = job.state.task_type.replace("_", " ")
    click.echo(job.id)
    if words := quoted(job.prompt, 200):
        click.echo(f"  {words}")
    click.echo(f"  {joined(job.status, kind, *settings_of(job.state), taken, points)}")
    saved = list(files)
    for file in saved:
        click.echo(f"  {file}")
    if not saved:
        made = [counted(len(job.videos), "video")] if job.videos else []
        made += [counted(len(job.images), "image")] if job.images else []
        if made:
            click.echo(f"  {', '.join(made)}; save: legnext-widgets download {job.id[:8]}")


def print_how_to_resume(job: Job) -> None:
    """Print on standard error how to go on with a job that runs."""
    click.echo(
        f"It continues at the service. Wait for it with: legnext-widgets status {job.id} --wait",
        err=True,
    )
