"""Reuse of requests with pictures: by the picture, whatever its link."""

from __future__ import annotations

from pathlib import Path

import legnext_widgets as lw
from tests.client.both_clients import quick
from tests.support.raw_service import RawService

from .conftest import KEY
from .picture_factory import phone_jpeg, photo


def test_the_same_picture_is_neither_paid_nor_uploaded_twice(
    stub: RawService, tmp_path: Path
) -> None:
    stub.becomes = "processing"
    uploads = []

    def upload(data: bytes, name: str) -> str:
        uploads.append(name)
        return f"https://pictures.example.com/{len(uploads)}/{name}?signature={len(uploads)}"

    def run() -> tuple[str, bool]:
        library = lw.Library(tmp_path / "library")
        with quick(
            lw.Client(KEY, base_url=stub.url, library=library, uploader=upload, reuse=True)
        ) as client:
            job = client.video_diffusion("It moves", image=phone_jpeg())
            found = (job.id, job.reused)
        library.close()
        return found

    first, second = run(), run()

    assert second == (first[0], True)
    assert not first[1]
    assert len(stub.posted) == len(uploads) == 1
    assert "https://pictures.example.com/1/" in stub.posted[0].json["prompt"]


def test_another_picture_is_another_request(stub: RawService, tmp_path: Path) -> None:
    stub.becomes = "processing"
    library = lw.Library(tmp_path / "library")
    with quick(
        lw.Client(
            KEY,
            base_url=stub.url,
            library=library,
            uploader=lambda data, name: f"https://pictures.example.com/{name}",
            reuse=True,
        )
    ) as client:
        first = client.video_diffusion("It moves", image=phone_jpeg())
        other = client.video_diffusion("It moves", image=photo())
        again = client.video_diffusion("It moves", image=photo(), take=2)
    library.close()

    assert len({first.id, other.id, again.id}) == len(stub.posted) == 3
