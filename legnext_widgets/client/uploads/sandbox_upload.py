"""Upload a picture to the sandbox, which takes pictures without an uploader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.api.bounded_json import parse_json
from legnext_widgets.client.api.transport import user_agent
from legnext_widgets.client.errors import UploadError

from .uploader import checked_link

if TYPE_CHECKING:
    from legnext_widgets.client.api.transport import Transport
    from legnext_widgets.client.pictures.picture import Picture

PATH = "/sandbox/pictures"


async def upload_to_sandbox(transport: Transport, picture: Picture) -> str:
    """Post a picture to the sandbox. The key is not sent along.

    Returns:
        The link by which the sandbox knows it.

    Raises:
        UploadError: The sandbox did not take it, or is not there.
    """
    import httpx

    headers = {"content-type": picture.media_type, "user-agent": user_agent()}
    try:
        response = await transport.http.post(
            transport.base_url + PATH,
            content=picture.data,
            headers=headers,
            timeout=transport.timeout,
        )
    except (httpx.HTTPError, RuntimeError) as error:
        reason = str(error) or type(error).__name__
        raise UploadError(f"The sandbox did not take the picture: {reason}.") from None
    if response.status_code == 404:
        raise UploadError(
            "This sandbox does not accept pictures: update legnext-widgets where it runs."
        )
    try:
        answer = parse_json(response.text)
    except ValueError:
        answer = None
    url = answer.get("url") if isinstance(answer, dict) else None
    if response.status_code != 201 or not url:
        raise UploadError(f"The sandbox did not take the picture: HTTP {response.status_code}.")
    return checked_link(url)
