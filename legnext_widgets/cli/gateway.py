"""The command `gateway`: a class with one key, and the tokens and budgets of its students."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from legnext_widgets.client.api.urls import SERVICE_ORIGIN
from legnext_widgets.client.errors import MissingAPIKeyError

from .class_list import once, read_class
from .exit_codes import exit_code_of, report_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legnext_widgets.client.api.auth import Secret
    from legnext_widgets.gateway.store.store import Store

DEFAULT_PORT = 8700
_DAY = 86400.0
_MOST_DAYS = 3650
_POINTS = click.IntRange(0, 10**9)
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
    type=_POINTS,
    default=2000,
    show_default=True,
    help="Budget of each new student of the Hub.",
)
@click.option(
    "--class-points",
    type=_POINTS,
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
    help="Whole address by which the service and students reach this gateway, with the path of a "
    "Hub's service: for callbacks, and behind HTTPS for the links of the sandbox's clips.",
)
@click.option(
    "--upstream",
    metavar="URL",
    default=None,
    help=f"URL of the service.  [default: {SERVICE_ORIGIN}]",
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
    from legnext_widgets.gateway.config import GatewayConfig, default_database
    from legnext_widgets.gateway.identity.hub import HubSettings, service_address
    from legnext_widgets.gateway.server import serve
    from legnext_widgets.gateway.store.database import DatabaseError

    given = urlsplit(service_address() or "")
    try:
        config = GatewayConfig(
            key=None if sandbox else _key(),
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


def _key() -> Secret:
    """Find the key of the class, or say how a gateway gets one."""
    from legnext_widgets.gateway.config import key_of_class

    try:
        return key_of_class()
    except MissingAPIKeyError as missing:
        text = (
            "Error: The key of the class is missing: export LEGNEXT_API_KEY=..., and start the "
            "gateway again. To practise without a key and without cost, add --sandbox."
        )
        click.echo(text, err=True)
        sys.exit(exit_code_of(missing))


@gateway.group()
def token() -> None:
    """Make, list and end tokens of students and teachers."""


@token.command("add")
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file with a name in the first column of each line; semicolons and tabs do, too.",
)
@click.option(
    "--points", type=_POINTS, help="Budget of each, where the name is new.",
    default=2000, show_default=True,
)  # fmt: skip
@click.option(
    "--days",
    type=click.FloatRange(0, _MOST_DAYS, min_open=True),
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
    wanted, repeated = once([name.strip() for name in wanted])
    if repeated:
        click.echo(f"More than once, and given one token: {', '.join(repeated)}", err=True)
    _show_every_letter()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    with _opened(database) as store:
        try:
            made = store.members.make_tokens(
                wanted, now=time.time(), seconds=days * _DAY, teacher=teacher, points=points
            )
        except ValueError as problem:
            raise click.ClickException(f"{problem}. No token was made.") from None
        writer.writerow(("name", "token"))
        writer.writerows(made.items())


@token.command("list")
@click.pass_obj
@report_errors
def list_tokens(database: str | None) -> None:
    """List who has tokens, and until when. The tokens themselves are stored nowhere."""
    _show_every_letter()
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
@click.option("--points", type=_POINTS, required=True, help="Points in all.")
@click.pass_obj
@report_errors
def budget(database: str | None, *, name: str | None, points: int) -> None:
    """Set the points that NAME may use in all; without NAME, those of the class."""
    with _opened(database) as store:
        if not store.members.set_limit(name or "", points, time.time()):
            raise click.ClickException(f"There is no student {name!r} yet.")


def _names_in(file: Path) -> list[str]:
    try:
        found = read_class(file.read_bytes())
    except (ValueError, csv.Error) as problem:
        raise click.ClickException(f"{file.name} cannot be read: {problem}.") from None
    if found.guessed:
        note = f"{file.name} is not in UTF-8. It was read as {found.guessed}: check the names."
        click.echo(note, err=True)
    return [*found.names, *found.repeated]


def _show_every_letter() -> None:
    """Write letters that the output's encoding lacks as escapes: a token is shown only once."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


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
