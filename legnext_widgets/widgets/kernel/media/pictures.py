"""Hold the pictures that a person gave to a studio, until a request is made of them."""

from __future__ import annotations

import base64
import binascii
import io
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.messages import Message
from legnext_widgets.client.pictures.picture import Picture, PictureError
from legnext_widgets.widgets.kernel.protocol.localized import localize_error

if TYPE_CHECKING:
    from legnext_widgets.client.handles.jobs import Job
    from legnext_widgets.widgets.kernel.protocol.comm_messages import PictureMessage
    from legnext_widgets.widgets.kernel.protocol.comm_requests import FrameRequest, PictureRequest
    from legnext_widgets.widgets.kernel.protocol.traits import TakenPicture

    from .media_transfer import Send

SCHEME = "picture:"
"""What the link of a picture begins with that is only in the kernel."""

_MOST_PICTURES = 40
_MOST_UPLOADS = 4
_MOST_BYTES = 64 * 2**20
_PREVIEW = 240
"""Pixels of a preview's longer side."""

_SMALL = 100_000


class PictureBox(Mapping[str, Picture]):
    """The pictures of one studio, by their links; the oldest go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, Picture] = {}
        self._uploads: dict[str, dict[int, bytes]] = {}

    def __getitem__(self, link: str) -> Picture:
        return self._pictures[link]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._pictures))

    def __len__(self) -> int:
        return len(self._pictures)

    def add(self, picture: Picture) -> str:
        """Hold a picture and give its link."""
        link = f"{SCHEME}{picture.name}"
        with self._lock:
            self._pictures.pop(link, None)
            self._pictures[link] = picture
            while len(self._pictures) > _MOST_PICTURES:
                del self._pictures[next(iter(self._pictures))]
        return link

    def hold(self, pictures: Mapping[str, Picture]) -> dict[str, str]:
        """Hold the pictures of an earlier request, where their files are still there.

        Args:
            pictures: The pictures, by the input that takes the link of each.

        Returns:
            The links that stand for them, also for those that are gone.
        """
        from legnext_widgets.client.pictures.stored_picture import StoredPicture

        for picture in pictures.values():
            if not isinstance(picture, StoredPicture) or picture.is_there:
                self.add(picture)
        return {name: f"{SCHEME}{picture.name}" for name, picture in pictures.items()}

    def receive(self, message: PictureRequest) -> bytes | None:
        """Take in one part of a file; a part may come twice.

        Returns:
            The file, once all parts are here; else None.

        Raises:
            LegnextError: It is too large, or a part is damaged.
        """
        try:
            data = base64.b64decode(message["data"], validate=True)
        except (binascii.Error, ValueError):
            raise LegnextError("The image arrived damaged. Add it again.") from None
        with self._lock:
            parts = self._uploads.setdefault(message["upload"], {})
            parts[message["part"]] = data
            while len(self._uploads) > _MOST_UPLOADS:  # the page gave those up
                del self._uploads[next(iter(self._uploads))]
            if sum(map(len, parts.values())) > _MOST_BYTES:
                self._uploads.pop(message["upload"], None)
                raise LegnextError(f"The image is larger than {_MOST_BYTES >> 20} MB.")
            if len(parts) < message["parts"]:
                return None
            self._uploads.pop(message["upload"], None)
            return b"".join(parts[number] for number in sorted(parts))

    def take(self, ask: str, given: object, name: str, send: Send) -> None:
        """Prepare a picture, hold it, and answer the page.

        Args:
            ask: The id of the page's request.
            given: The picture, in any form.
            name: What to call it.
            send: Sends the answer.
        """
        # Only where there is a picture: a studio without one does not need this.
        from legnext_widgets.client.pictures.kinds import is_heic
        from legnext_widgets.client.pictures.sources import picture_of

        try:
            picture = picture_of(given)
        except PictureError as error:
            is_photo = isinstance(given, bytes) and is_heic(given)
            reason = Message("picture_heic") if is_photo else f"This {error.reason}."
            send(refused(ask, LegnextError(reason)), ())
            return
        self.describe(ask, self.add(replace(picture, label=name)), send)

    def describe(self, ask: str, link: str, send: Send) -> None:
        """Answer the page with what is known of a picture.

        Args:
            ask: The id of the page's request.
            link: Stands for the picture.
            send: Sends the answer.
        """
        try:
            picture = self[link]
            taken: TakenPicture = {
                "link": link,
                "name": picture.label,
                "size": picture.size_text,
                "preview": preview_of(picture),
            }
        except (KeyError, LegnextError):
            send(refused(ask, LegnextError(Message("picture_gone"))), ())
        else:
            send({"type": "picture", "ask": ask, "picture": taken, "error": None}, ())

    def take_frame(self, job: Job | None, message: FrameRequest, send: Send) -> None:
        """Take a frame of a clip as a picture, and answer the page."""
        ask = message["ask"]
        try:
            videos = job.videos if job is not None else []
            frame = videos[message["index"]].frame(message["at"] / 1000)
        except IndexError:
            send(refused(ask, LegnextError("There is no such clip.")), ())
        except (LegnextError, ValueError) as error:
            send(refused(ask, error), ())
        else:
            self.take(ask, frame, f"{message['at'] / 1000:.1f} s", send)


def refused(ask: str, error: Exception) -> PictureMessage:
    """Make the answer that a picture was not taken."""
    return {"type": "picture", "ask": ask, "picture": None, "error": localize_error(error)}


def preview_of(picture: Picture) -> str | None:
    """Make a small copy of a picture, as a `data:` link.

    None where that needs Pillow, or where the file of an earlier session is damaged.
    """
    data, kind = picture.data, str(picture.media_type)
    if find_spec("PIL") is not None:
        from PIL import Image

        small = io.BytesIO()
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.thumbnail((_PREVIEW, _PREVIEW))
                image.convert("RGB").save(small, "JPEG", quality=80)
        except (OSError, ValueError, SyntaxError):
            return None
        data, kind = small.getvalue(), "image/jpeg"
    if len(data) > _SMALL:
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
