"""Exit codes: one for each kind of error, and how an error is shown."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import click

from legnext_widgets.client import errors

from .output import print_json

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")

CODES: tuple[tuple[int, str, tuple[type[BaseException], ...]], ...] = (
    (3, "no API key, or one that is not accepted", (
        errors.MissingAPIKeyError, errors.AuthenticationError)),
    (4, "too few points, or over a budget", (
        errors.InsufficientCreditsError, errors.BudgetExceededError)),
    (5, "the job failed", (errors.JobFailedError,)),
    (6, "the time of `--timeout` is up; the job continues", (errors.JobTimeoutError,)),
    (7, "the service cannot be reached, or is overloaded; nothing was started", (
        errors.TransportError, errors.RateLimitError, errors.ServerError)),
    (8, "sent, but the outcome is unknown; it is not sent again", (
        errors.SubmissionUncertainError,)),
    (9, "the job is not known", (errors.NotFoundError,)),
    (10, "the service refused the request", (errors.APIError,)),
    (11, "a file could not be fetched or written", (errors.DownloadError, OSError)),
)  # fmt: skip
"""Exit codes with their meanings and errors; the first that fits counts. Another error is 1."""

OTHER = 1
USAGE = 2
INTERRUPTED = 130


def exit_code_of(error: BaseException) -> int:
    """Return the exit code of an error. Pure."""
    if isinstance(error, errors.InvalidInputError):
        return USAGE
    return next((code for code, _, kinds in CODES if isinstance(error, kinds)), OTHER)


def report_errors(command: Callable[P, object]) -> Callable[P, None]:
    """Show the errors of a command in a line or two, and end with their exit code."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = bool(kwargs.get("as_json"))
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt as interrupt:
            for note in getattr(interrupt, "__notes__", ()):
                click.echo(note, err=True)
            sys.exit(INTERRUPTED)
        except (errors.LegnextError, errors.InvalidInputError, OSError) as error:
            _fail(error, as_json=as_json)

    return call


def end_with(error: BaseException) -> NoReturn:
    """Say on standard error what happened and what to do, and end with the error's exit code."""
    next_step = getattr(error, "next_step", None)
    advice = f"\n{next_step}" if next_step else ""
    click.echo(f"Error: {getattr(error, 'headline', error)}{advice}", err=True)
    sys.exit(exit_code_of(error))


def _fail(error: Exception, *, as_json: bool) -> NoReturn:
    if as_json:
        shown = {
            "kind": type(error).__name__,
            "message": str(getattr(error, "headline", error)),
            "next_step": getattr(error, "next_step", None),
            "exit_code": exit_code_of(error),
        }
        print_json({"error": shown})
    end_with(error)
