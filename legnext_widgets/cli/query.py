"""Commands that query: `status`, `jobs`, `list`, `balance`."""

from __future__ import annotations

import click

from .context import (
    job_argument,
    job_of,
    open_client,
    open_library,
    service_options,
)
from .exit_codes import report_errors
from .output import json_of, line_of, print_json
from .results import ResultOptions, result_options


@click.command()
@job_argument
@result_options
@service_options
@report_errors
def status(
    *,
    job_id: str,
    results: ResultOptions,
    sandbox: bool,
    as_json: bool,
) -> None:
    """Ask the service for JOB, and wait for it with --wait."""
    with open_client(sandbox=sandbox) as client:
        job = job_of(client, job_id).refresh()
        results.show(job, as_json=as_json)


@click.command()
@click.option("--follow", is_flag=True, help="Wait, and print each job when it ends.")
@service_options
@report_errors
def jobs(*, follow: bool, sandbox: bool, as_json: bool) -> None:
    """List the jobs that run on the account, whichever program started them."""
    import legnext_widgets as lw

    with open_client(sandbox=sandbox) as client:
        running = [client.job(task.job_id) for task in client.active_tasks()]
        if not follow:
            if as_json:
                print_json([json_of(job) for job in running])
            elif not running:
                click.echo("No jobs are running.", err=True)
            for job in () if as_json else running:
                click.echo(line_of(job))
            return
        try:
            for job in lw.as_completed(running):
                print_json(json_of(job)) if as_json else click.echo(line_of(job))
        except KeyboardInterrupt:
            click.echo("The jobs continue at the service.", err=True)
            raise KeyboardInterrupt from None


@click.command("list")
@click.option("--search", metavar="WORDS", help="Words of the prompt or note, or a job id.")
@click.option("--status", "statuses", multiple=True, help="Such as completed. Can be repeated.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Jobs to list."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
@report_errors
def list_jobs(*, search: str | None, statuses: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List the jobs of the library, newest first. No key is needed."""
    with open_library() as library:
        found = library.jobs(statuses or None, search, limit=limit)
        if as_json:
            print_json([json_of(job) for job in found])
            return
        for job in found:
            click.echo(line_of(job))
        if not found:
            click.echo(f"No such job in {library.path}.", err=True)


@click.command()
@service_options
@report_errors
def balance(*, sandbox: bool, as_json: bool) -> None:
    """Show the points and credits that the account has left."""
    with open_client(sandbox=sandbox) as client:
        left = client.balance()
    if as_json:
        names = ("available_points", "available_credits", "balance_usd", "low_balance_alert")
        print_json({name: getattr(left, name) for name in names})
        return
    points, credit = left.available_points, left.available_credits
    click.echo("points unknown" if points is None else f"{points:,} points")
    if credit is not None:
        click.echo(f"{credit:,} credits")
