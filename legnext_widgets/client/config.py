"""The options of a client: from arguments and the environment, checked once."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, SupportsFloat, TypedDict, Unpack, cast

from legnext_widgets import environment
from legnext_widgets.client.api.auth import Secret, colab_secret, find_key
from legnext_widgets.client.api.urls import (
    SERVICE_ORIGIN,
    base_address,
    is_service,
    is_web_link,
    origin_of,
)
from legnext_widgets.client.api.validation import require_known, whole_of
from legnext_widgets.client.api.values.cleaning import clean_flag, clean_link, clean_number
from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.client.session.identity import Identity
from legnext_widgets.client.session.store import ClipStore, JobStore, TakeStore
from legnext_widgets.client.session.submission.budget import Budget
from legnext_widgets.client.uploads.picture_uploads import UPLOADS_NAME, uploader_of

from .errors import TransportError
from .messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx

    from legnext_widgets.client.progress.report import ProgressOption
    from legnext_widgets.client.session.submission.reuse import Reuse
    from legnext_widgets.client.uploads.address import BucketAddress
    from legnext_widgets.client.uploads.uploader import Uploader

BASE_URL_NAME = "LEGNEXT_BASE_URL"

DEFAULT_TIMEOUT = 30.0
DEFAULT_MAX_CONCURRENT = 6
DEFAULT_MAX_RETRIES = 3


class ClientOptions(TypedDict, total=False):
    """The options that `with_options` changes; see `Client`."""

    base_url: str | None
    timeout: float
    max_concurrent: int
    max_retries: int
    budget_points: int | None
    library: JobStore | Literal[False] | None
    uploader: Uploader | str | None
    reuse: Reuse
    http_client: httpx.AsyncClient | None
    allow_private_urls: bool
    progress: ProgressOption


class SandboxOptions(TypedDict, total=False):
    """The options of a sandbox client: some of `Client`, and those of `sandbox.Sandbox`.

    `owns_library` closes the library with the client. `faults` takes what `Sandbox` takes.
    """

    timeout: float
    max_concurrent: int
    max_retries: int
    budget_points: int | None
    library: JobStore | Literal[False] | None
    uploader: Uploader | str | None
    owns_library: bool
    progress: ProgressOption
    reuse: Reuse
    points: int
    seed: int | str | None
    offline: bool
    faults: Iterable[object]
    link_seconds: float
    packaged: bool
    clock: object
    carried: bool


@dataclass(frozen=True)
class ClientConfig:
    """The options of a client, resolved and checked.

    Attributes:
        key: The API key.
        base_url: Address of the service, without a slash at its end.
        timeout: Seconds for each phase (connect, write, read) of one HTTP request.
        max_concurrent: Jobs of batches that run at once.
        max_retries: How often a request is sent again where that is safe.
        budget_points: Points that the jobs of the client may take, or None.
        store: The library, or None for a client that records nothing.
        reuse: Whether calls return an existing job of the same request, unless they say otherwise.
        http_client: The client to use instead of an own one.
        embedded_identity: The identity of the sandbox in this process, where it is the service.
        allow_private_urls: Whether links to private networks are sent to any service.
        progress: Where waits are shown; see `Client`.
        owns_store: Whether the library was opened for this client and is closed with it.
        uploader: Uploads the user's pictures: a function, or the address of a bucket.
        uploader_given: Whether it was given, and is not to be found in the environment.
        uploads_address: The address that the environment names, not read yet: what uploads no
            picture does not fail for it.
    """

    key: Secret
    base_url: str = field(repr=False)  # it may hold a login
    timeout: float
    max_concurrent: int
    max_retries: int
    budget_points: int | None
    store: JobStore | None
    http_client: httpx.AsyncClient | None
    embedded_identity: Identity | None = None
    allow_private_urls: bool = False
    progress: ProgressOption = None
    owns_store: bool = False
    uploader: Uploader | BucketAddress | None = None
    uploader_given: bool = False
    uploads_address: str = field(default="", repr=False)
    reuse: Reuse = False
    shared_budget: Budget | None = field(default=None, compare=False)

    @cached_property
    def budget(self) -> Budget:
        """Counts the points of the client, and of the copies that `with_options` makes."""
        return self.shared_budget or Budget(self.budget_points)

    @cached_property
    def identity(self) -> Identity:
        """Whose jobs the client makes, as far as is known before the first answer."""
        # Computed late, since the fingerprint of a key takes some milliseconds.
        return self.embedded_identity or Identity(origin_of(self.base_url), self.key.fingerprint)

    @property
    def takes_private_urls(self) -> bool:
        """Whether the service may reach what only this machine or its network reaches."""
        local = self.embedded_identity is not None or is_loopback(self.base_url)
        return self.allow_private_urls or local

    @classmethod
    def resolve(
        cls,
        *,
        api_key: Secret | None,
        base_url: str | None,
        timeout: float,
        max_concurrent: int,
        max_retries: int,
        budget_points: int | None,
        library: JobStore | Literal[False] | None,
        http_client: httpx.AsyncClient | None,
        open_default_library: Callable[[], JobStore | None],
        allow_private_urls: bool = False,
        embedded_identity: Identity | None = None,
        uploader: Uploader | str | BucketAddress | None = None,
        progress: ProgressOption = None,
        reuse: Reuse = False,
    ) -> ClientConfig:
        """Check the arguments of a client and find what was left open.

        Args:
            api_key: The key; None looks for it in the environment.
            base_url: Address of the service; None looks for it in the environment, then among the
                secrets of Colab.
            timeout: More than 0 seconds.
            max_concurrent: 1 or more.
            max_retries: 0 or more.
            budget_points: 0 or more, or None.
            library: The library; False for none, None for the default one.
            http_client: The client to use instead of an own one.
            allow_private_urls: Whether to send links to private networks to any service.
            open_default_library: Called where `library` is None.
            embedded_identity: The identity of the sandbox in this process, where it is the service.
            uploader: Uploads pictures; None looks for the address of a bucket in the environment.
            progress: True, False, None, or a callable.
            reuse: Whether calls return an existing job of the same request.

        Raises:
            MissingAPIKeyError: There is no key.
            TransportError: This is Python in a browser, which cannot reach the service.
            ValueError: An argument is outside its limits, or the key is a student's of a class and
                there is no address of its gateway.
            TypeError: An argument is of another kind than it must be.
        """
        timeout = _seconds(timeout)
        max_concurrent = whole_of("max_concurrent", max_concurrent, least=1)
        max_retries = whole_of("max_retries", max_retries, least=0)
        if budget_points is not None:
            budget_points = whole_of("budget_points", budget_points, least=0)
        name = "base_url" if base_url else BASE_URL_NAME
        address = base_url or os.getenv(BASE_URL_NAME) or colab_secret(BASE_URL_NAME)
        address = _service_address(address or SERVICE_ORIGIN, name)
        _require_async(http_client)
        if library is not None and library is not False and not isinstance(library, JobStore):
            raise TypeError(
                "library must be a Library, such as lw.Library(path), or False to record nothing"
            )
        uploader_given = uploader is not None
        uploads_to = uploader_of(uploader)
        reads_uploads = not uploader_given and embedded_identity is None
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise TypeError("progress must be True, False, None or a callable")
        reuse = _reuse(reuse)
        if reuse and library is False:
            raise ValueError(Message("reuse_library"))
        key = find_key(api_key)
        if key.is_of_a_class and is_service(address):
            raise ValueError(Message("class_address", name=BASE_URL_NAME))
        if environment.in_pyodide() and http_client is None:
            raise TransportError(environment.CANNOT_CALL.format(origin=origin_of(address)))
        return cls(
            key=key,
            base_url=address,
            timeout=timeout,
            max_concurrent=max_concurrent,
            max_retries=max_retries,
            budget_points=budget_points,
            store=None if library is False else (library or open_default_library()),
            http_client=http_client,
            embedded_identity=embedded_identity,
            allow_private_urls=bool(allow_private_urls),
            progress=progress,
            owns_store=library is None,
            uploader=uploads_to,
            uploader_given=uploader_given,
            uploads_address=os.getenv(UPLOADS_NAME, "").strip() if reads_uploads else "",
            reuse=reuse,
        )

    def reuse_of(self, given: Reuse | None) -> Reuse:
        """Return the `reuse` of a call, which by default is that of the client.

        Raises:
            ValueError: It is none, or needs a library that knows earlier requests.
        """
        reuse = self.reuse if given is None else _reuse(given)
        if reuse and not isinstance(self.store, TakeStore):
            raise ValueError(Message("reuse_library"))
        return reuse

    def replace(self, **changed: Unpack[ClientOptions]) -> ClientConfig:
        """Copy with some options changed. The copy owns no library.

        Raises:
            TypeError: There is no such option.
            ValueError: An option is outside its limits.
        """
        if "api_key" in changed:
            raise TypeError(
                "with_options() cannot change api_key: the copy works for the same account. Make "
                "a new client for another key."
            )
        require_known("with_options", changed, ClientOptions.__annotations__)
        options: ClientOptions = {
            "base_url": self.base_url,
            "timeout": self.timeout,
            "max_concurrent": self.max_concurrent,
            "max_retries": self.max_retries,
            "budget_points": self.budget_points,
            "library": self.store or False,
            "uploader": cast("Uploader | str | None", self.uploader),
            "reuse": self.reuse,
            "http_client": self.http_client,
            "allow_private_urls": self.allow_private_urls,
            "progress": self.progress,
        }
        if not self.uploader_given:
            options["uploader"] = None  # it is found in the environment again
        options.update(changed)
        address = options["base_url"]
        stays = bool(address) and _service_address(address) == self.base_url
        copy = ClientConfig.resolve(
            api_key=self.key,
            open_default_library=lambda: None,
            embedded_identity=self.embedded_identity if stays else None,
            **options,
        )
        # A limit on points is one for the copy, too, unless it gets its own.
        return copy if "budget_points" in changed else replace(copy, shared_budget=self.budget)

    def close_store(self) -> None:
        """Close the library if it was opened for this client."""
        if self.owns_store and isinstance(self.store, ClipStore):
            self.store.close()


def _seconds(value: object) -> float:
    """Check the option `timeout`, given as any type that stands for a number."""
    number = clean_number(value)
    if isinstance(number, bool) or not isinstance(number, SupportsFloat):
        raise TypeError(f"timeout must be a number of seconds, not {type(value).__name__}")
    if not 0 < float(number) < math.inf:
        raise ValueError("timeout must be more than 0 seconds")
    return float(number)


def _reuse(value: object) -> Reuse:
    """Check the option `reuse`."""
    reuse = clean_flag(value)
    if isinstance(reuse, bool):
        return reuse
    if reuse != "renew":
        raise ValueError(f'reuse must be True, False or "renew", not {value!r}')
    return "renew"


def _service_address(given: str | None, name: str = "base_url") -> str:
    """Check the option `base_url`, or the variable for it, and reduce it to the base."""
    address = clean_link(given)
    if not isinstance(address, str) or not is_web_link(address) or "?" in address or "#" in address:
        raise ValueError(f"{name} must be an http:// or https:// address without ? and #")
    return base_address(address)


def _require_async(http_client: object) -> None:
    if http_client is None:
        return
    import httpx

    if not isinstance(http_client, httpx.AsyncClient):
        raise TypeError(
            f"http_client must be an httpx.AsyncClient, not {type(http_client).__name__}; Client "
            "needs one, too"
        )
    # httpx itself notices only when a request is sent.
    mounts = getattr(http_client, "_mounts", None) or {}
    for transport in (getattr(http_client, "_transport", None), *mounts.values()):
        if transport is not None and not hasattr(transport, "handle_async_request"):
            raise TypeError(
                f"http_client has a {type(transport).__name__}, which is for synchronous clients: "
                "give it an asynchronous transport, such as httpx.AsyncHTTPTransport"
            )
