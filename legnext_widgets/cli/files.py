"""Commands about files: `download`, `open`, `export`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .context import (
    job_argument,
    open_client,
    open_library,
    service_options,
    whole_id,
)
from .exit_codes import report_errors
from .output import json_of, print_json

if TYPE_CHECKING:
    from legnext_widgets import Job


@click.command()
@job_argument
@click.option(
    "-o",
    "--output",
    "folder",
    default=".",
    show_default=True,
    metavar="FOLDER",
    help="Folder for the videos.",
)
@service_options
@report_errors
def download(*, job_id: str, folder: str, sandbox: bool, as_json: bool) -> None:
    """Save the videos of JOB: copied where the library kept them, else fetched."""
    job, files = _kept_copies(job_id, folder)
    if not files:
        with open_client(sandbox=sandbox) as client:
            job = client.job(job.id if job else job_id).refresh()
            if not job.done:
                raise click.ClickException(
                    f"Job {job.id} is {job.status}. Wait for it and save it with: "
                    f"legnext-widgets status {job.id} -o {folder}"
                )
            files = job.wait().download(folder)
    if as_json and job is not None:
        print_json(json_of(job, files))
        return
    for file in files:
        click.echo(str(file))


@click.command("open")
@job_argument
@click.option(
    "--video",
    "number",
    type=click.IntRange(0, 3),
    default=0,
    show_default=True,
    help="Which video.",
)
@click.option("--print", "only_print", is_flag=True, help="Print the file's path instead.")
@service_options
@report_errors
def open_video(*, job_id: str, number: int, only_print: bool, sandbox: bool, as_json: bool) -> None:
    """Play a video of JOB in the system's player."""
    with open_library() as library:
        known = library.get(whole_id(library, job_id))
        videos = known.videos if known else []
        file = videos[number].kept if number < len(videos) else None
    if file is None:
        with open_client(sandbox=sandbox) as client:
            job = client.job(known.id if known else job_id).refresh()
            if number >= len(job.videos):
                raise click.ClickException(
                    f"Job {job.id} is {job.status} and has {len(job.videos)} videos; there is no "
                    f"video {number}."
                )
            file = job.videos[number].save(Path(tempfile.mkdtemp(prefix="legnext-")))
    if as_json:
        print_json({"file": str(file)})
    else:
        click.echo(str(file))
    if not (only_print or as_json) and click.launch(str(file)) != 0:
        click.echo("No player could be started. The file was saved.", err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--search", metavar="WORDS", help="Only jobs with these words.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
@report_errors
def export(*, folder: Path, search: str | None, as_json: bool) -> None:
    """Copy the kept videos of the library to FOLDER, with a page that shows them."""
    with open_library() as library:
        page = library.export(folder, search=search)
    if as_json:
        print_json({"page": str(page)})
    else:
        click.echo(str(page))


def _kept_copies(given: str, folder: str) -> tuple[Job | None, list[Path]]:
    """Copy the videos of a job that the library has kept, if it has kept all of them."""
    with open_library() as library:
        job = library.get(whole_id(library, given))
        if job is None or not job.videos or any(video.kept is None for video in job.videos):
            return job, []
        return job, job.download(folder)
