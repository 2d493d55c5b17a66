"""Download the files of jobs, by links that are renewed when they have expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.errors import DownloadError, LegnextError, NotFoundError
from legnext_widgets.client.errors.advice import sentence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from legnext_widgets.client.media.containers import FileKind
    from legnext_widgets.client.session.job_state import JobState

    from .downloads import Downloads, Renew
    from .partial_file import Progress


class JobFiles:
    """The files of jobs at the hosts of their links.

    Args:
        downloads: Downloads files.
        ask: Asks for a job; `Poller.ask`.
    """

    def __init__(
        self, downloads: Downloads, ask: Callable[[str, JobState], Awaitable[object]]
    ) -> None:
        self._downloads = downloads
        self._ask = ask

    def end_retries(self) -> None:
        """Let downloads that receive data end; those that wait for another try fail."""
        self._downloads.end_retries()

    async def save(
        self,
        job: JobState,
        link: Callable[[], str | None],
        target: Path,
        progress: Progress | None = None,
        *,
        kind: FileKind = "clip",
    ) -> Path:
        """Download a file of a job to `target`, which appears only when it is whole.

        Args:
            job: The job.
            link: Gives the link as last known.
            target: Name of the file.
            progress: Called with the bytes so far and in all.
            kind: What the file must be.

        Raises:
            DownloadError: It could not be fetched or written.
        """
        return await self._downloads.save(
            link(),
            target,
            renew=self._renewal(job, link),
            progress=progress,
            kind=kind,
            fresh=job.ended_lately,
        )

    async def read(
        self, job: JobState, link: Callable[[], str | None], *, kind: FileKind = "clip"
    ) -> bytes:
        """Download a file of a job into memory; see `save`.

        Raises:
            DownloadError: It could not be fetched.
        """
        return await self._downloads.read(
            link(), renew=self._renewal(job, link), kind=kind, fresh=job.ended_lately
        )

    def _renewal(self, job: JobState, link: Callable[[], str | None]) -> Renew:
        """Make what renews a link: asking for the job gives a fresh one."""

        async def renew() -> str | None:
            try:
                await self._ask(job.id, job)
            except LegnextError as error:
                raise DownloadError(
                    sentence(f"A new link could not be fetched: {error.headline}"),
                    gone=isinstance(error, NotFoundError),
                ) from error
            return link()

        return renew
