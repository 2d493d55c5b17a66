"""The command `sandbox`: the simulated service for any client in any language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import click

from .context import DEFAULT_PORT

if TYPE_CHECKING:
    from legnext_widgets.client.session.store import JobRecord
    from legnext_widgets.library import Library


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 chooses a free port.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Speed relative to the real service; at 60, a minute takes a second.",
)
@click.option(
    "--points",
    type=click.IntRange(min=0),
    default=100_000,
    show_default=True,
    help="Points that each account starts with.",
)
@click.option("--key", metavar="KEY", help="The only API key that is accepted.  [default: any]")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:OPTION=VALUE,...]",
    help="A fault to simulate from the start, such as rate_limit:times=2. Can be repeated.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Fetch no images from and send no callbacks to other machines.",
)
@click.option(
    "--seed", metavar="TEXT", help="Makes ids, durations and pictures the same each time."
)
@click.option("--packaged", is_flag=True, help="Serve packaged clips instead of rendering them.")
@click.option(
    "--link-seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=3600.0,
    show_default=True,
    help="Seconds that links to videos and images work.",
)
def sandbox(
    *,
    port: int,
    host: str,
    speed: float,
    points: int,
    key: str | None,
    faults: tuple[str, ...],
    offline: bool,
    seed: str | None,
    packaged: bool,
    link_seconds: float,
) -> None:
    """Serve the simulated Legnext API for any client in any language.

    Each API key has an account of its own. Nothing is charged.
    """
    from legnext_widgets.sandbox import serve

    try:
        serve(
            host,
            port,
            speed,
            api_key=key,
            points=points,
            seed=seed,
            offline=offline,
            faults=faults,
            link_seconds=link_seconds,
            packaged=packaged,
            # Jobs of the library go to callers on this machine only.
            find_record=_recorded if host in ("127.0.0.1", "::1", "localhost") else None,
        )
    except (OSError, RuntimeError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem


@cache
def _library() -> Library:
    """Open the library in its default folder, once it is needed."""
    from legnext_widgets.library import Library

    return Library()


def _recorded(job_id: str) -> JobRecord | None:
    """Read what the library knows of a job, so that the sandbox can adopt it."""
    return _library().record(job_id)
