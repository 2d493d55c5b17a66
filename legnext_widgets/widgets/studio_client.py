"""Choose the client of a studio: a given one, that of the cell's last run, one of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import legnext_widgets as lw
from legnext_widgets.client.errors import AuthenticationError, LegnextError, MissingAPIKeyError
from legnext_widgets.client.messages import Message

from .kernel.protocol.localized import localize, localize_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.client import Client
    from legnext_widgets.client.config import ClientOptions as _ClientOptions
    from legnext_widgets.client.session.store import JobStore
    from legnext_widgets.client.uploads.uploader import Uploader

    from .kernel.protocol.job_values import LocalizedMessage

SANDBOX_SPEED = 30.0
"""Speed of the sandbox of a studio without a key: a job of four minutes takes eight seconds."""

LibraryOption: TypeAlias = "JobStore | Literal[False] | None"

# Jupyter's loggers of messages for a widget and for the kernel.
_MESSAGE_LOGGERS = ("Comm", "IPKernelApp")


class ClientOptions(NamedTuple):
    """The arguments of a studio that decide about its client."""

    client: Client | None
    library: LibraryOption
    budget_points: int | None
    allow_private_urls: bool = False
    uploader: Uploader | str | None = None


@dataclass
class StudioClient:
    """The client that a studio works with, and how it came to it.

    Attributes:
        client: The client.
        owned: Whether the studio closes it.
        options: The studio's arguments.
        entered: Whether its key was entered in the page: no cell could make it again.
    """

    client: Client
    owned: bool
    options: ClientOptions
    entered: bool = False

    @property
    def has_key(self) -> bool:
        """Whether it is a client of a person, and not the sandbox that a studio opens by itself."""
        return self.options.client is not None or self.client.embedded is None

    def close(self, *, at_once: bool = False) -> None:
        """Close the client if it is the studio's.

        Args:
            at_once: Whether not to wait for clips that are being kept.
        """
        if self.owned and at_once:
            self.client.close(patience=0.0)
        elif self.owned:
            self.client.close()


class Handover(NamedTuple):
    """What a studio leaves to the one that the next run of its cell makes.

    Attributes:
        client: Gives its client.
        close: Closes the studio.
    """

    client: Callable[[], StudioClient]
    close: Callable[[], object]

    def complete(self, successor: StudioClient) -> None:
        """Close the studio, but not a client that its successor keeps."""
        mine = self.client()
        if mine.client is successor.client:
            mine.owned = False
        self.close()


def choose_client(options: ClientOptions, earlier: StudioClient | None) -> StudioClient:
    """Choose the client of a new studio.

    When a cell runs again, its studio keeps the client of the one before: a job keeps its
    one poller, and an embedded sandbox lives on.

    Args:
        options: The studio's arguments.
        earlier: The client of the studio that the same cell made before.

    Raises:
        ValueError: An argument is outside its limits.
    """
    if options.client is not None:
        return _given_client(options, options.client)
    known = earlier if earlier and earlier.owned and earlier.options == options else None
    try:
        own = lw.Client(
            library=options.library,
            budget_points=options.budget_points,
            allow_private_urls=options.allow_private_urls,
            uploader=options.uploader,
        )
    except MissingAPIKeyError:
        if known is not None and (known.client.embedded is not None or known.entered):
            return replace(known)
        return StudioClient(_sandbox_client(options), owned=True, options=options)
    if known is not None and known.client.config.identity == own.config.identity:
        own.close()
        return replace(known)
    return StudioClient(own, owned=True, options=options)


def _given_client(options: ClientOptions, client: Client) -> StudioClient:
    given: _ClientOptions = {}
    if options.library is not None:
        given["library"] = options.library
    if options.budget_points is not None:
        given["budget_points"] = options.budget_points
    if options.allow_private_urls:
        given["allow_private_urls"] = True
    if options.uploader is not None:
        given["uploader"] = options.uploader
    if not given:
        return StudioClient(client, owned=False, options=options)
    return StudioClient(client.with_options(**given), owned=True, options=options)


def _sandbox_client(options: ClientOptions) -> Client:
    # With the embedded sandbox, which a studio with a key does not need.
    from legnext_widgets.client.defaults import open_default_library

    return lw.Client.sandbox(
        speed=SANDBOX_SPEED,
        budget_points=options.budget_points,
        uploader=options.uploader,
        library=open_default_library() if options.library is None else options.library,
        owns_library=options.library is None,
    )


def try_key(
    key: str,
    current: StudioClient,
    *,
    post: Callable[[Callable[[], object]], object],
    use: Callable[[StudioClient], object],
    answer: Callable[[LocalizedMessage | None], object],
) -> None:
    """Use an entered key once the service has accepted it; returns at once.

    Args:
        key: The key.
        current: The client until now.
        post: Runs work where the studio reads files.
        use: Takes the client of the key.
        answer: Called with what is wrong with the key, or None.
    """
    try:
        entered = client_for_key(key, current)
    except (LegnextError, ValueError) as error:
        answer(localize_error(error))
        return

    async def check() -> None:
        error = await check_key(entered.client)
        if error is None:
            post(lambda: use(entered))
            post(lambda: answer(None))
        else:
            post(entered.client.close)
            answer(error)

    entered.client.runtime.start(check())


def client_for_key(key: str, current: StudioClient) -> StudioClient:
    """Make the client of an entered key; it keeps the key to itself.

    Args:
        key: The key.
        current: The client until now; its budget applies again, with no points spent.

    Raises:
        LegnextError: The key cannot be used here.
        ValueError: It is no key.
    """
    client = lw.Client(
        key,
        library=current.options.library,
        budget_points=current.client.session.budget.limit,
        allow_private_urls=current.options.allow_private_urls,
        uploader=current.options.uploader,
    )
    return StudioClient(client, owned=True, options=current.options, entered=True)


async def check_key(client: Client) -> LocalizedMessage | None:
    """Ask the service whether it accepts a client's key; give what is wrong, or None."""
    try:
        await client.session.balance()
    except AuthenticationError:
        return localize(Message("key_refused"))
    except LegnextError as error:
        return localize_error(error)
    return None


def keep_keys_out_of_logs() -> None:
    """Keep entered keys out of Jupyter's own logs, which at level DEBUG hold every message."""
    for name in _MESSAGE_LOGGERS:
        logging.getLogger(name).addFilter(_carries_no_key)


def _carries_no_key(record: logging.LogRecord) -> bool:
    # Not `getMessage`, which raises for a record that is not well formed.
    return "save_key" not in f"{record.msg} {record.args}"
