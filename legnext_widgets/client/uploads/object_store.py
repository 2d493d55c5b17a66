"""Upload to a bucket of S3 or what speaks it (R2, MinIO), Google or Azure, with obstore."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from legnext_widgets.client.errors import UploadError
from legnext_widgets.environment import to_thread

from .bucket_errors import bucket_reason

if TYPE_CHECKING:
    from legnext_widgets.client.pictures.picture import Picture

    from .address import BucketAddress

NOT_INSTALLED = (
    "Uploading to {address} needs obstore: pip install 'legnext-widgets[upload]'. Nothing was sent."
)
_SECONDS = 60
"""For one request of the upload."""

_TRIES = 2


class BucketUploader:
    """An uploader to a bucket.

    Args:
        address: The bucket.
    """

    def __init__(self, address: BucketAddress) -> None:
        self.address = address

    async def upload(self, picture: Picture) -> str:
        """Upload a picture.

        Returns:
            The link, signed for as long as the address says, unless the bucket is public.

        Raises:
            UploadError: It failed; the message names the bucket and the way out.
        """
        if find_spec("obstore") is None:
            raise UploadError(NOT_INSTALLED.format(address=self.address.url))
        import obstore

        try:
            store = await to_thread(self._store)
            options = {"Content-Type": picture.media_type, "Cache-Control": "private"}
            await obstore.put_async(store, picture.name, picture.data, attributes=options)
            if self.address.public:
                return self._public_link(picture.name)
            lasting = timedelta(hours=self.address.hours)
            return await obstore.sign_async(store, "GET", picture.name, lasting)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # of the library, which has several without a common base
            reason = bucket_reason(str(error), self.address)
        raise UploadError(
            f"{self.address} did not take the picture: {reason}. Nothing was sent to the service."
        )

    def _public_link(self, name: str) -> str:
        path = "/".join(filter(None, (self.address.prefix, name)))
        return f"{self.address.public.rstrip('/')}/{quote(path)}"

    def _store(self) -> Any:  # noqa: ANN401 - one of three classes
        from obstore.store import from_url

        address = self.address
        options: dict[str, Any] = {}
        if address.endpoint:
            options["base_url" if address.kind == "gs" else "endpoint"] = address.endpoint
        if address.region:
            options["region"] = address.region
        if address.account:
            options["account_name"] = address.account
        provider = _profile() if address.kind == "s3" else None
        if provider is not None:
            options["credential_provider"] = provider
        return from_url(
            address.url,
            client_options={"timeout": f"{_SECONDS}s", "allow_http": True},
            retry_config={"max_retries": _TRIES, "retry_timeout": timedelta(seconds=2 * _SECONDS)},
            **options,
        )


def _profile() -> object | None:
    """Return AWS credentials by boto3, which knows profiles and logins; None without any."""
    import os

    if os.getenv("AWS_ACCESS_KEY_ID") or find_spec("boto3") is None:
        return None  # obstore reads the variables itself
    with suppress(Exception):  # of boto3 and of what it reads
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider

        session = boto3.Session()
        if session.get_credentials() is not None:
            return Boto3CredentialProvider(session)
    return None
