"""Make and describe a client: the constructor and options that `Client` and `AsyncClient` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NoReturn, Self, Unpack

from legnext_widgets.client.api.auth import as_secret
from legnext_widgets.client.api.urls import origin_of
from legnext_widgets.client.progress.live import SOON, live
from legnext_widgets.client.progress.waits import KeepingClips
from legnext_widgets.client.session.session import Session

from .config import (
    DEFAULT_MAX_CONCURRENT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    ClientConfig,
    ClientOptions,
    SandboxOptions,
)
from .defaults import EmbeddedSandbox, embedded_config, open_default_library

if TYPE_CHECKING:
    import httpx

    from legnext_widgets.client.progress.live import Live
    from legnext_widgets.client.progress.report import ProgressOption
    from legnext_widgets.client.session.store import JobStore
    from legnext_widgets.client.session.submission.batch import Batch
    from legnext_widgets.client.session.submission.reuse import Reuse
    from legnext_widgets.client.uploads.uploader import Uploader


class ClientCore:
    """A client of one service: its options, its session, and the sandbox it may have."""

    config: ClientConfig
    session: Session
    embedded: EmbeddedSandbox | None
    _batch: Batch | None

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_concurrent: int = DEFAULT_MAX_CONCURRENT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        budget_points: int | None = None,
        library: JobStore | Literal[False] | None = None,
        uploader: Uploader | str | None = None,
        reuse: Reuse = False,
        http_client: httpx.AsyncClient | None = None,
        allow_private_urls: bool = False,
        progress: ProgressOption = None,
    ) -> None:
        """Make a client.

        Args:
            api_key: The key; else `LEGNEXT_API_KEY`, else Colab's secret of that name.
            base_url: Address of the service; else `LEGNEXT_BASE_URL`, in Colab also a secret of
                that name; else its public one.
            timeout: Seconds for each phase (connect, write, read) of one HTTP request; a whole
                request may take four times as long.
            max_concurrent: Jobs of `submit_many` that run at once, also of several calls; an
                ordinary account runs 6.
            max_retries: How often a request is sent again after a failure, where that is safe: when
                it only reads, provably did not reach the service, or was refused with 429.
            budget_points: Points that the jobs of this client may take in all; None for no limit.
            library: The library to record jobs in; None for the default one, False for none.
            uploader: Uploads pictures for `image=`: a function `(data, name) -> link`, plain or
                coroutine, or the address of a bucket, such as `s3://bucket/prefix`; else
                `LEGNEXT_UPLOADS`. A sandbox needs none.
            reuse: Whether calls return the library's job of the same request instead of making a
                new one; `"renew"` makes a new one if the files of that job no longer exist. Each
                call can override it.
            http_client: An `httpx.AsyncClient` to use; it stays yours to close.
            allow_private_urls: Whether links to private networks may be sent to the service.
            progress: Whether waits show a line: None in a notebook or a terminal (unless
                `LEGNEXT_PROGRESS=0`), False never, True also against that variable. A callable is
                called with a `ProgressReport` whenever the line would change, instead.

        Raises:
            MissingAPIKeyError: No key was found.
            ValueError: An argument is outside its limits, such as `reuse` without a library.
            TypeError: An argument has the wrong type.
            TransportError: In Pyodide, where a browser does not let the service be reached.
        """
        # From here on no local variable holds the key, which some tracebacks would show.
        key, api_key = as_secret(api_key), None
        self._open(
            ClientConfig.resolve(
                api_key=key,
                base_url=base_url,
                timeout=timeout,
                max_concurrent=max_concurrent,
                max_retries=max_retries,
                budget_points=budget_points,
                library=library,
                uploader=uploader,
                reuse=reuse,
                http_client=http_client,
                allow_private_urls=allow_private_urls,
                progress=progress,
                open_default_library=open_default_library,
            ),
            None,
        )

    def _open(self, config: ClientConfig, embedded: EmbeddedSandbox | None) -> None:
        self.config = config
        self.embedded = embedded
        self.session = Session(config)
        self._batch = None

    def _shown_closing(self) -> Live:
        """Show which clips are still being kept, if that takes more than a moment."""
        keeper = self.session.clip_keeper
        clips = KeepingClips(keeper.under_way() if keeper is not None else ())
        return live(clips, None, self.config.progress, after=SOON)

    @classmethod
    def _opened(cls, config: ClientConfig, embedded: EmbeddedSandbox | None) -> Self:
        client = cls.__new__(cls)
        cls._open(client, config, embedded)
        return client

    @classmethod
    def sandbox(cls, *, speed: float = 1.0, **options: Unpack[SandboxOptions]) -> Self:
        """Make a client of the simulated service inside this process: no key, no cost, real MP4s.

        Args:
            speed: How many times faster than real time, up to 100,000; 60 makes a 4-minute job
                take 4 s.
            **options: `timeout`, `max_concurrent`, `max_retries`, `budget_points`, `progress`,
                `uploader`, `library` (by default none), `reuse` (with the default library, unless
                one is given), and `Sandbox`'s arguments, such as `seed`, `faults` and `points`.

        Raises:
            ValueError: An option is outside its limits.
            TypeError: There is no such option.
        """
        embedded, config = embedded_config(speed=speed, **options)
        return cls._opened(config, embedded)

    def with_options(self, **changed: Unpack[ClientOptions]) -> Self:
        """Make a copy of this client with some options changed.

        The copy has its own connections and is closed on its own.

        Args:
            **changed: Any option of the constructor but `api_key`.

        Raises:
            TypeError: There is no such option.
            ValueError: An option is outside its limits.
        """
        return self._opened(self.config.replace(**changed), None)

    def __repr__(self) -> str:
        if "session" not in vars(self):  # a traceback may show a client while it is made
            return f"<{type(self).__name__}, not open>"
        mark = " (sandbox)" if self.session.identity.sandbox else ""
        return f"<{type(self).__name__} of {origin_of(self.config.base_url)}{mark}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A client holds a key and connections, so it cannot be pickled. Make a new one."
        )
