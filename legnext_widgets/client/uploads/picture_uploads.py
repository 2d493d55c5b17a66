"""Upload the pictures of requests: each picture once, where the user wants it."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.requests import VideoDiffusion
from legnext_widgets.client.api.urls import SERVICE_ORIGIN, origin_of
from legnext_widgets.client.api.validation import require
from legnext_widgets.client.api.values.reachability import is_loopback, unreachable_links
from legnext_widgets.client.errors import LegnextError, UploadError
from legnext_widgets.client.pictures.stored_picture import StoredPicture

from .address import BucketAddress, parse_address
from .uploader import (
    Upload,
    Uploader,
    call,
    checked_link,
    describe,
    is_temporary,
    link_expiry,
    reusable_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.config import ClientConfig
    from legnext_widgets.client.pictures.picture import Picture

UPLOADS_NAME = "LEGNEXT_UPLOADS"

NO_UPLOADER = """\
The service accepts pictures only as links, and no upload location is configured. \
Nothing was sent. Three ways:

1. Give a link:
       client.video_diffusion("The waves roll in", image_url="https://example.com/sea.jpg")
2. Name a bucket of yours, then make a new client (pip install 'legnext-widgets[upload]'):
       import os
       os.environ["LEGNEXT_UPLOADS"] = "s3://my-bucket/pictures"
3. Give a function that uploads:
       def upload(data: bytes, name: str) -> str:
           (folder / name).write_bytes(data)   # where your web server serves it
           return f"https://example.com/{name}"
       client = lw.Client(uploader=upload)"""

_MOST_REMEMBERED = 500

_log = logging.getLogger("legnext_widgets")


@dataclass
class _Pending:
    task: asyncio.Task[Upload]
    waiters: int = 0


class PictureUploads:
    """Upload pictures, each once.

    Args:
        config: Names the uploader. One that was found in the environment, and not given to the
            client, is not used with a sandbox, and not read before it is needed.
        transport: Reaches the service.
        is_sandbox: Tells whether the service is known to be a sandbox.
    """

    def __init__(
        self, config: ClientConfig, transport: Transport, is_sandbox: Callable[[], bool]
    ) -> None:
        self._explicit = config.uploader_given
        self._config = config
        self._transport = transport
        self._is_sandbox = is_sandbox
        self._asked = False
        self._temporary = False
        self._made: dict[str, _Pending] = {}
        self._unreported: list[Upload] = []

    @property
    def where(self) -> str:
        """Where pictures go, in words; empty where they cannot be uploaded."""
        if self._to_sandbox:
            return "the sandbox"
        if isinstance(self._uploader, BucketAddress):
            return str(self._uploader)
        if self._uploader is None:
            return ""
        name = getattr(self._uploader, "__name__", type(self._uploader).__name__)
        return f"your uploader ({name})"

    @property
    def hours(self) -> float | None:
        """How long links to a bucket work; None where that is not known."""
        uploader = self._uploader
        if not isinstance(uploader, BucketAddress) or uploader.public or self._to_sandbox:
            return None
        temporary = self._temporary or (uploader.kind == "s3" and os.getenv("AWS_SESSION_TOKEN"))
        return None if temporary else uploader.hours

    @property
    def stays(self) -> bool:
        """Whether pictures stay on this machine."""
        address = self._transport.base_url
        return self._to_sandbox and (is_loopback(address) or address.endswith(".invalid"))

    @property
    def _to_sandbox(self) -> bool:
        return self._is_sandbox() and not (self._explicit and self._uploader is not None)

    @property
    def _uploader(self) -> Uploader | BucketAddress | None:
        return None if isinstance(self._found, UploadError) else self._found

    @cached_property
    def _found(self) -> Uploader | BucketAddress | UploadError | None:
        """What was given or is in the environment; an error where that is no address."""
        if self._explicit or not self._config.uploads_address:
            return self._config.uploader
        try:
            return parse_address(self._config.uploads_address, UPLOADS_NAME)
        except ValueError as error:
            _log.warning("%s", error)
            return UploadError(f"{error}. Nothing was sent.")

    def drop_stale_links(self, request: Request) -> Request:
        """Return a request without those links of its pictures that do not work any more.

        Links of an earlier session were stored without their signature, and the sandbox that an
        embedded one was is gone; others have an end. The pictures are uploaded again then.
        """
        if not isinstance(request, VideoDiffusion) or not (self._to_sandbox or self._found):
            return request
        old: dict[str, Any] = {
            name: None
            for name, picture in request.pictures.items()
            if (link := getattr(request, name)) is not None
            and (
                _is_of_earlier_session(picture, link)
                or _is_over(reusable_until(link, link_expiry(link)))
            )
        }
        return replace(request, **old) if old else request

    async def link_pictures(self, request: Request) -> Request:
        """Upload the pictures of a request that have no link yet, and give it with their links.

        Raises:
            UploadError: A picture could not be uploaded.
            ValueError: The link of a picture is too long for its prompt, or leads to a private
                network.
        """
        if not isinstance(request, VideoDiffusion) or not request.unlinked:
            return request
        uploads = {name: await self.upload(one) for name, one in request.unlinked.items()}
        linked = request.linked(**{name: upload.url for name, upload in uploads.items()})
        if not (self._config.takes_private_urls or self._is_sandbox()):
            require(unreachable_links(linked))
        return linked

    async def upload(self, picture: Picture) -> Upload:
        """Upload a picture, or give its link where it was uploaded before.

        Raises:
            UploadError: It could not be uploaded, or there is no place for it.
        """
        await self._learn_service()
        pending = self._made.get(picture.name)
        if pending is None or _is_stale(pending.task):
            pending = _Pending(asyncio.ensure_future(self._upload(picture)))
            self._made[picture.name] = pending
            while len(self._made) > _MOST_REMEMBERED:
                del self._made[next(iter(self._made))]
        pending.waiters += 1
        try:
            return await asyncio.shield(pending.task)
        finally:
            pending.waiters -= 1
            if not pending.waiters and not pending.task.done():
                pending.task.cancel()  # every request that needs it was given up

    def take_reports(self) -> list[Upload]:
        """Return the uploads since the last call, to report them to the user."""
        found, self._unreported = self._unreported, []
        return found

    async def _upload(self, picture: Picture) -> Upload:
        uploader, where = self._uploader, self.where
        if self._to_sandbox:
            from .sandbox_upload import upload_to_sandbox

            link = await upload_to_sandbox(self._transport, picture)
        elif isinstance(uploader, BucketAddress):
            from .object_store import BucketUploader

            link = checked_link(await BucketUploader(uploader).upload(picture))
        elif uploader is not None:
            link = await call(uploader, picture)
        else:
            unusable = self._found
            raise UploadError(
                unusable.message if isinstance(unusable, UploadError) else NO_UPLOADER
            )
        end = link_expiry(link)
        made = Upload(
            link,
            where,
            describe(picture),
            end,
            stays=self.stays,
            reusable_until=reusable_until(link, end),
        )
        self._temporary = is_temporary(link)
        _log.info("%s", made.text)
        self._unreported = [*self._unreported, made][-_MOST_REMEMBERED:]
        return made

    async def _learn_service(self) -> None:
        """Find out whether a service of unknown kind is a sandbox, before a picture leaves."""
        known = self._is_sandbox() or self._asked or self._explicit
        if known or origin_of(self._transport.base_url) == SERVICE_ORIGIN:
            return
        try:
            await self._transport.get_balance()
        except LegnextError as error:
            raise UploadError(
                f"The service could not be asked whether it takes pictures: {error.message} "
                "Nothing was sent."
            ) from error
        self._asked = True


def uploader_of(given: object) -> Uploader | BucketAddress | None:
    """Check what a client is given as its uploader.

    Raises:
        ValueError: It is a text, and no address of a bucket.
        TypeError: It is neither a text nor a function.
    """
    if given is None or isinstance(given, BucketAddress):
        return given
    if isinstance(given, str):
        return parse_address(given)
    if not callable(given):
        raise TypeError(
            "uploader must be a function (data, name) -> link, or an address such as "
            f"s3://bucket/prefix, not {type(given).__name__}"
        )
    uploader: Uploader = given
    return uploader


def _is_stale(made: asyncio.Task[Upload]) -> bool:
    if not made.done():
        return False
    if made.cancelled() or made.exception() is not None:
        return True
    return _is_over(made.result().reusable_until)


def _is_over(moment: datetime | None) -> bool:
    return moment is not None and moment < datetime.now(UTC)


def _is_of_earlier_session(picture: Picture, link: str) -> bool:
    return isinstance(picture, StoredPicture) and picture.is_there and link == picture.link
