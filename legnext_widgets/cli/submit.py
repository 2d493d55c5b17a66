"""Commands that start jobs: `generate`, `extend`, `upscale`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .context import job_argument, job_of, open_client, service_options
from .exit_codes import report_errors
from .results import ResultOptions, result_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_VIDEO = click.option(
    "--video",
    "video_no",
    type=click.IntRange(0, 3),
    default=0,
    show_default=True,
    help="Which of its videos.",
)


def _reuse_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add `--reuse` and `--take`."""
    take = click.option(
        "--take",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="Number of the take; each is a separate job.",
    )
    reuse = click.option(
        "--reuse", is_flag=True, help="Return the job of the same request, if there is one."
    )
    return reuse(take(command))


@click.command()
@click.argument("prompt")
@click.option("--image", metavar="FILE_OR_URL", help="The image to animate.")
@click.option("--job", "source", metavar="JOB", help="Animate an image of this image job instead.")
@click.option("--image-no", type=click.IntRange(0, 3), help="Which of its images.")
@click.option("--images", is_flag=True, help="Generate four images of the text, to animate later.")
@click.option("--motion", type=click.Choice(["low", "high"]), help="Amount of motion.")
@click.option("--hd", is_flag=True, help="720p instead of 480p.")
@click.option("--raw", is_flag=True, help="Less of the service's own styling.")
@click.option("--loop", is_flag=True, help="End on the first frame.")
@click.option("--end", metavar="FILE_OR_URL", help="The last frame.")
@click.option("--count", type=click.Choice(["1", "2", "4"]), help="Number of videos.  [default: 4]")
@_reuse_options
@result_options
@service_options
@report_errors
def generate(
    *,
    prompt: str,
    image: str | None,
    source: str | None,
    image_no: int | None,
    images: bool,
    motion: str | None,
    hd: bool,
    raw: bool,
    loop: bool,
    end: str | None,
    count: str | None,
    reuse: bool,
    take: int,
    results: ResultOptions,
    sandbox: bool,
    as_json: bool,
) -> None:
    """Animate an image: PROMPT says what happens.

    Prints the job's id. The job goes on at the service, also when the command is interrupted.
    """
    with open_client(sandbox=sandbox) as client:
        with explaining_interruption():
            if images:
                job = client.diffusion(prompt, reuse=reuse, take=take)
            else:
                job = client.video_diffusion(
                    prompt,
                    image=image,
                    job_id=job_of(client, source).id if source else None,
                    image_no=image_no,  # type: ignore[arg-type]  # click has checked its range
                    video_type=1 if hd else 0,
                    motion=motion,  # type: ignore[arg-type]  # click has checked it
                    raw=raw,
                    loop=loop,
                    end_image=end,
                    batch_size=int(count) if count else None,  # type: ignore[arg-type]  # checked, too
                    reuse=reuse,
                    take=take,
                )
        results.show_submitted(job, as_json=as_json)


@click.command()
@job_argument
@_VIDEO
@click.option("--prompt", help="What happens next.")
@_reuse_options
@result_options
@service_options
@report_errors
def extend(
    *,
    job_id: str,
    video_no: int,
    prompt: str | None,
    reuse: bool,
    take: int,
    results: ResultOptions,
    sandbox: bool,
    as_json: bool,
) -> None:
    """Make a video of JOB about 4 s longer."""
    with open_client(sandbox=sandbox) as client:
        before = job_of(client, job_id).id
        with explaining_interruption():
            job = client.extend_video(
                before,
                video_no,  # type: ignore[arg-type]  # click has checked its range
                prompt=prompt,
                reuse=reuse,
                take=take,
            )
        results.show_submitted(job, as_json=as_json)


@click.command()
@job_argument
@_VIDEO
@_reuse_options
@result_options
@service_options
@report_errors
def upscale(
    *,
    job_id: str,
    video_no: int,
    reuse: bool,
    take: int,
    results: ResultOptions,
    sandbox: bool,
    as_json: bool,
) -> None:
    """Make a video of JOB larger."""
    with open_client(sandbox=sandbox) as client:
        before = job_of(client, job_id).id
        with explaining_interruption():
            job = client.video_upscale(
                before,
                video_no,  # type: ignore[arg-type]  # click has checked its range
                reuse=reuse,
                take=take,
            )
        results.show_submitted(job, as_json=as_json)


@contextmanager
def explaining_interruption() -> Iterator[None]:
    """Say how to find a job whose submission is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(
            "If the request had already left, its job continues at the service. Look for it with: "
            "legnext-widgets jobs",
            err=True,
        )
        raise KeyboardInterrupt from None  # without the note, which is about code
