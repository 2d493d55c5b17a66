"""Explain in one line why a bucket did not take a picture, and what to do. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .address import BucketAddress, Kind

_CODE = re.compile(r"<Code>([^<]{1,80})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,200})")
_KEY_FILE = re.compile(r"unable to (open|decode) service account file|rsa key|reading pem file")
_STATUS = re.compile(r"status code: (\d{3})")

_VARIABLES: Mapping[Kind, str] = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install boto3 to use your profile",
    "gs": "set GOOGLE_SERVICE_ACCOUNT to the file of a service account's key",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_CANNOT_SIGN = (
    "links cannot be signed with these credentials; use a key of your own ({variables}), or add "
    "?public=https://... with the public address of the bucket"
)


def bucket_reason(text: str, address: BucketAddress) -> str:
    """Return the reason in an error of a storage service, with the way out, as part of a sentence.

    Args:
        text: The text of the error, which may be a dump of many lines.
        address: The bucket.
    """
    text = text.partition("Debug source:")[0].strip()
    code = match[1] if (match := _CODE.search(text)) else ""
    status = match[1] if (match := _STATUS.search(text)) else ""
    known = _known(code, text, address)
    if known:
        return known
    if code:
        message = match[1].strip().rstrip(".") if (match := _MESSAGE.search(text)) else ""
        return f"the service answered {code}" + (f": {message}" if message else "")
    if status in ("401", "403"):
        return (
            f"the credentials do not allow writing there (HTTP {status}); check their permissions"
        )
    if status == "404":
        return "there is no such bucket; create it, or check its name and region"
    if status:
        return f"the service answered HTTP {status}"
    first = re.sub(r"https?://\S+", "the service", text.partition("\n")[0])
    return first[:200].rstrip(". ") or "the reason is unknown"


def _known(code: str, text: str, address: BucketAddress) -> str:
    variables = _VARIABLES[address.kind]
    lower = text.lower()
    reasons = {
        f"the file with the account's key cannot be read; {variables}": (
            _KEY_FILE.search(lower) is not None
        ),
        "there is no such bucket; create it, or check its name and region": (
            code in ("NoSuchBucket", "ContainerNotFound") or "nosuchbucket" in lower
        ),
        "the clock of this computer is wrong; set it, then try again": (
            code == "RequestTimeTooSkewed"
        ),
        "the bucket is in another region; add ?region=... to the address, or set AWS_REGION": (
            code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocation")
            or "bareredirect" in lower.replace(" ", "")
        ),
        f"the credentials are wrong; {variables}": (
            code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed")
            or code in ("InvalidToken", "ExpiredToken")
        ),
        "the credentials do not allow writing there; grant write access (s3:PutObject)": (
            code in ("AccessDenied", "AuthorizationPermissionMismatch", "AuthorizationFailure")
        ),
        "the endpoint is not encrypted; use https://, or add ?endpoint=...&allow_http=1": (
            "builder error" in lower
        ),
        f"no credentials were found; {variables}": (
            "169.254.169.254" in text
            or "/latest/api/token" in text
            or "metadata" in lower
            or "token request" in lower
            or "account must be specified" in lower
        ),
        _CANNOT_SIGN.format(variables=variables): "sign" in lower and "signature" not in lower,
        f"the service cannot be reached{_at(address)}; check the connection": (
            "error sending request" in lower or "dns error" in lower or "timed out" in lower
        ),
    }
    return next((reason for reason, it_is in reasons.items() if it_is), "")


def _at(address: BucketAddress) -> str:
    return f" at {address.endpoint}" if address.endpoint else ""
