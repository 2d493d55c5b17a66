"""The result of a command about a job: wait for it, save its videos, print it."""

from __future__ import annotations

import functools
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from legnext_widgets.client.errors import JobFailedError

from .exit_codes import end_with
from .output import json_of, print_how_to_resume, print_job, print_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from legnext_widgets import Job


@dataclass(frozen=True)
class ResultOptions:
    """What a command does with a job before it prints it.

    Attributes:
        wait: Wait until it is done.
        timeout: Seconds to wait at most.
        folder: Where its videos are saved, which implies `wait`.
    """

    wait: bool
    timeout: float | None
    folder: str | None

    def show_submitted(self, job: Job, *, as_json: bool) -> None:
        """Follow a new job and print it; a sandbox inside of this command ends with it."""
        inside = job.client is not None and job.client.embedded is not None
        replace(self, wait=self.wait or inside).show(job, as_json=as_json, submitted=True)

    def show(self, job: Job, *, as_json: bool, submitted: bool = False) -> None:
        """Follow a job and print it; for a submitted one also whether anything was sent."""
        files: list[Path] = []
        try:
            if (self.wait or self.folder is not None) and not job.done:
                with suppress(JobFailedError):  # shown below, with all that is known of it
                    job.wait(self.timeout)
            if self.folder is not None and job.error is None:
                files = job.download(self.folder)
        except KeyboardInterrupt:
            click.echo(job.id)
            print_how_to_resume(job)
            raise KeyboardInterrupt from None  # without the note, which is about code
        if as_json:
            print_json(json_of(job, files) | ({"reused": job.reused} if submitted else {}))
        else:
            if submitted and job.reused:
                click.echo("Reused the job of the same request; nothing was sent.", err=True)
            print_job(job, files)
        if job.error is not None:
            end_with(job.error)
        if not (job.done or as_json):
            print_how_to_resume(job)


def result_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add `--wait`, `--timeout` and `--output`; the command gets them as `results`."""

    @functools.wraps(command)
    def call(
        *,
        wait: bool,
        timeout: float | None,
        folder: str | None,
        **others: Any,  # noqa: ANN401 - of click
    ) -> object:
        return command(results=ResultOptions(wait, timeout, folder), **others)

    for option in (
        click.option(
            "-o",
            "--output",
            "folder",
            metavar="FOLDER",
            help="Save the videos there when they are finished; implies --wait.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            help="Seconds to wait at most.",
        ),
        click.option("--wait", is_flag=True, help="Wait until the job is done."),
    ):
        option(call)
    return call
