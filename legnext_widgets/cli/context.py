"""The context of the commands: shared options, client, library, jobs by the start of an id."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.shell_completion import CompletionItem

    from legnext_widgets import Client, Job, Library

C = TypeVar("C", bound="Callable[..., object]")

DEFAULT_PORT = 8642
EMBEDDED_SPEED = 60.0
"""How many times faster the sandbox inside of a command is: a video takes about 3 s."""

_WHOLE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PROBE_SECONDS = 0.5


def service_options(command: C) -> C:
    """Add `--sandbox` and `--json`."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output."),
        click.option(
            "--sandbox",
            is_flag=True,
            help="Use the sandbox: `legnext-widgets sandbox` where it runs on port "
            f"{DEFAULT_PORT}, else one inside of this command, {EMBEDDED_SPEED:g} times as fast.",
        ),
    ):
        command = option(command)
    return command


def job_argument(command: C) -> C:
    """Add the argument `JOB`, with completion from the library."""
    argument = click.argument("job_id", metavar="JOB", shell_complete=_complete_job)
    return argument(command)


@contextmanager
def open_client(*, sandbox: bool) -> Iterator[Client]:
    """Return a client of the service, or of the sandbox, with the default library."""
    from legnext_widgets import Client, Library

    if not sandbox:
        client = Client()
    elif (address := running_sandbox()) is not None:
        client = Client("sandbox", base_url=address)
    else:
        client = Client.sandbox(speed=EMBEDDED_SPEED, library=Library(), owns_library=True)
    with client:
        yield client


@contextmanager
def open_library() -> Iterator[Library]:
    """Return the default library, which needs no key."""
    from legnext_widgets import Library

    with Library() as library:
        yield library


def running_sandbox(port: int = DEFAULT_PORT) -> str | None:
    """Find the sandbox server of this machine; None when none runs."""
    try:
        socket.create_connection(("127.0.0.1", port), _PROBE_SECONDS).close()
    except OSError:
        return None
    return f"http://127.0.0.1:{port}"


def whole_id(library: Library, given: str) -> str:
    """Find the job whose id begins with a text of 8 characters or more.

    Raises:
        click.UsageError: No job or several jobs of the library begin so.
    """
    if _WHOLE_ID.fullmatch(given):
        return given
    found = {
        job.id for job in library.jobs(search=given) if job.id.lower().startswith(given.lower())
    }
    if len(found) != 1:
        begin = (
            f"{len(found)} jobs in the library begin" if found else "No job in the library begins"
        )
        raise click.UsageError(
            f"{begin} with {given!r}. Give the whole id, or its first 8 characters as "
            "`legnext-widgets list` shows them."
        )
    return found.pop()


def job_of(client: Client, given: str) -> Job:
    """Return a job of the client by its id or the start of it."""
    with open_library() as library:
        return client.job(whole_id(library, given))


def _complete_job(_context: click.Context, _parameter: Any, typed: str) -> list[CompletionItem]:  # noqa: ANN401 - click's protocol
    from click.shell_completion import CompletionItem

    with open_library() as library:
        newest = library.jobs(limit=50)
    return [
        CompletionItem(job.id, help=f"{job.status} {job.prompt}"[:60])
        for job in newest
        if job.id.startswith(typed)
    ]
