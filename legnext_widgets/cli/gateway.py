"""The command `gateway`: a class with one key, and the tokens and budgets of its students."""

from __future__ import annotations

import csv
import importlib.util
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from .exit_codes import report_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legnext_widgets.gateway.store.store import Store

DEFAULT_PORT = 8700
_DAY = 86400.0
_NEEDED = ("sqlalchemy", "uvicorn")


@click.group(invoke_without_command=True)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"Port to listen on.  [default: {DEFAULT_PORT}, or the one that a Hub gives]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--database",
    metavar="URL",
    help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. Also LEGNEXT_GATEWAY_DATABASE, "
    "which keeps a password out of lists of processes.  [default: a file in your data folder]",
)
@click.option("--sandbox", is_flag=True, help="Work with a sandbox inside: no key, no charges.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=20.0,
    show_default=True,
    help="Speed of the sandbox.",
)
@click.option(
    "--points",
    type=click.IntRange(min=0),
    default=2000,
    show_default=True,
    help="Budget of a student of the Hub who is first seen.",
)
@click.option(
    "--class-points",
    type=click.IntRange(min=0),
    help="Budget of the whole class, for a new database; later on the teacher's page.",
)
@click.option(
    "--slots",
    type=click.IntRange(1, 100),
    default=6,
    show_default=True,
    help="Jobs that run at once; an ordinary account has six.",
)
@click.option(
    "--public-url",
    metavar="URL",
    help="Address by which the service reaches this gateway, for callbacks.",
)
@click.option(
    "--upstream", metavar="URL", default=None, help="Address of the service, if another one."
)
@click.pass_context
@report_errors
def gateway(
    context: click.Context,
    *,
    port: int | None,
    host: str,
    database: str | None,
    sandbox: bool,
    speed: float,
    points: int,
    class_points: int | None,
    slots: int,
    public_url: str | None,
    upstream: str | None,
) -> None:
    """Let a class work with one key, each student with a budget of their own.

    The key is taken from LEGNEXT_API_KEY and stays in the memory of this process. Students use the
    gateway's address as LEGNEXT_BASE_URL and their own token as LEGNEXT_API_KEY. Started by a
    JupyterHub as a service, it takes the Hub's tokens.
    """
    _require_installed()
    context.obj = database
    if context.invoked_subcommand is not None:
        return
    from legnext_widgets.client.api.urls import SERVICE_ORIGIN
    from legnext_widgets.gateway.config import GatewayConfig, default_database, key_of_class
    from legnext_widgets.gateway.identity.hub import HubSettings, service_address
    from legnext_widgets.gateway.server import serve
    from legnext_widgets.gateway.store.database import DatabaseError

    given = urlsplit(service_address() or "")
    try:
        config = GatewayConfig(
            key=key_of_class(sandbox=sandbox),
            database=database or default_database(),
            upstream=(upstream or SERVICE_ORIGIN).rstrip("/"),
            hub=HubSettings.find(),
            public_url=public_url,
            slots=slots,
            student_points=points,
            class_points=class_points,
            speed=speed,
        )
        serve(config, given.hostname or host, port or given.port or DEFAULT_PORT)
    except (DatabaseError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem


@gateway.group()
def token() -> None:
    """Make, list and end tokens of students and teachers."""


@token.command("add")
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file with a name in the first column of each line.",
)
@click.option(
    "--points", type=click.IntRange(min=0), help="Budget of each, where the name is new.",
    default=2000, show_default=True,
)  # fmt: skip
@click.option(
    "--days",
    type=click.FloatRange(min=0, min_open=True),
    default=120,
    show_default=True,
    help="Days that the tokens are accepted.",
)
@click.option("--teacher", is_flag=True, help="Make tokens that open the teacher's page.")
@click.pass_obj
@report_errors
def add(
    database: str | None,
    *,
    names: tuple[str, ...],
    file: Path | None,
    points: int,
    days: float,
    teacher: bool,
) -> None:
    """Make a token for each NAME and print them as CSV: they are shown this once.

    A second token of a name has the same budget as the first.
    """
    wanted = [*names, *(_names_in(file) if file is not None else ())]
    if not wanted:
        raise click.UsageError("Give names, or --file with a list of them.")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    with _opened(database) as store:
        writer.writerow(("name", "token"))
        for name in wanted:
            try:
                made = store.members.make_token(
                    name, now=time.time(), seconds=days * _DAY, teacher=teacher, points=points
                )
            except ValueError as problem:
                raise click.ClickException(f"{name!r}: {problem}") from None
            writer.writerow((name, made))


@token.command("list")
@click.pass_obj
@report_errors
def list_tokens(database: str | None) -> None:
    """List who has tokens, and until when. The tokens themselves are stored nowhere."""
    with _opened(database) as store:
        for row in store.members.list_tokens(time.time()):
            until = time.strftime("%Y-%m-%d", time.gmtime(row.expires_at))
            role = "teacher" if row.teacher else "student"
            click.echo(f"{row.member}\t{role}\t{row.number}\tuntil {until}")


@token.command("revoke")
@click.argument("name")
@click.pass_obj
@report_errors
def revoke(database: str | None, *, name: str) -> None:
    """End all tokens of NAME. Jobs and budget stay."""
    with _opened(database) as store:
        if not store.members.revoke(name):
            raise click.ClickException(f"{name!r} has no token.")


@gateway.command()
@click.argument("name", required=False)
@click.option("--points", type=click.IntRange(min=0), required=True, help="Points in all.")
@click.pass_obj
@report_errors
def budget(database: str | None, *, name: str | None, points: int) -> None:
    """Set the points that NAME may use in all; without NAME, those of the class."""
    with _opened(database) as store:
        if not store.members.set_limit(name or "", points, time.time()):
            raise click.ClickException(f"There is no student {name!r} yet.")


def _names_in(file: Path) -> list[str]:
    """Read the first column of a CSV file; a heading `name` is left out."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        names = [row[0].strip() for row in csv.reader(lines) if row and row[0].strip()]
    return names[1:] if names and names[0].lower() in ("name", "student", "username") else names


@contextmanager
def _opened(database: str | None) -> Iterator[Store]:
    from legnext_widgets.gateway.config import default_database
    from legnext_widgets.gateway.store.database import DatabaseError
    from legnext_widgets.gateway.store.store import Store

    try:
        store = Store(database or default_database())
    except DatabaseError as problem:
        raise click.ClickException(str(problem)) from problem
    try:
        yield store
    finally:
        store.close()


def _require_installed() -> None:
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise click.ClickException(
            "The gateway needs more packages: pip install 'legnext-widgets[gateway]'"
        )
