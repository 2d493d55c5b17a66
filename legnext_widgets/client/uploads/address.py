"""Read the address of a bucket, such as `s3://bucket/prefix?endpoint=https://...`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from legnext_widgets.client.api.urls import is_web_link
from legnext_widgets.client.api.values.cleaning import clean_word
from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.client.redaction import without_query

Kind = Literal["s3", "gs", "az"]

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("s3", "s3a", "r2"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gs"),
    **dict.fromkeys(("az", "azure", "abfs", "abfss", "adl"), "az"),
}
_OPTIONS = ("endpoint", "region", "account", "public", "hours", "allow_http")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}", re.IGNORECASE)
_EXAMPLE = "an address such as s3://bucket/prefix, gs://bucket/prefix or az://container/prefix"

MIN_HOURS = 1.0
MAX_HOURS = 24.0 * 7
"""The longest time for which S3 and Google sign a link."""


@dataclass(frozen=True)
class BucketAddress:
    """The address of a bucket and how to reach it.

    Attributes:
        kind: `s3` (and all that speaks it), `gs` or `az`.
        bucket: Name of the bucket, or container.
        prefix: Folder in it, without slashes around; may be empty.
        endpoint: Address of a service other than the provider's own, such as MinIO or R2.
        region: Of S3; else from the environment.
        account: Storage account of Azure; else from the environment.
        public: Address by which everybody may read the bucket; links are not signed then.
        hours: How long links are to work.
    """

    kind: Kind
    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    account: str = ""
    public: str = ""
    hours: float = 24.0

    @property
    def url(self) -> str:
        """The address alone, without options."""
        return f"{self.kind}://{self.bucket}/{self.prefix}".rstrip("/")

    def __str__(self) -> str:
        return f"{self.url} at {without_query(self.endpoint)}" if self.endpoint else self.url


def parse_address(text: str, name: str = "uploader") -> BucketAddress:
    """Read an address.

    Args:
        text: The address.
        name: Where it was given: an argument, or a variable of the environment.

    Raises:
        ValueError: It is none; the message says what is wrong.
    """
    text = clean_word(text)
    parts = urlsplit(text)
    kind = _KINDS.get(parts.scheme.lower())
    if kind is None:
        raise ValueError(f"{name} must be {_or_function(name)}{_EXAMPLE}, not {text[:60]!r}")
    container, at, host = parts.netloc.rpartition("@")
    bucket = container if at and kind == "az" else host
    if not _BUCKET.fullmatch(bucket):
        raise ValueError(f"{name} must be {_EXAMPLE}; {bucket!r} is not a valid bucket name")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if at and kind == "az":  # such as abfss://container@account.dfs.core.windows.net/prefix
        given.setdefault("account", host.partition(".")[0])
    elif at:
        raise ValueError(
            f"{name}: an address must not contain keys; write {parts.scheme}://{bucket}/prefix, "
            "and set the keys in the environment"
        )
    for option in given:
        if option not in _OPTIONS:
            from difflib import get_close_matches  # only where there is something to say

            similar = "".join(
                f" Did you mean {it!r}?" for it in get_close_matches(option, _OPTIONS)
            )
            raise ValueError(
                f"{name}: {parts.scheme}://{bucket} has no option {option!r}.{similar} "
                f"Its options: {', '.join(_OPTIONS)}"
            )
    allow_http = given.pop("allow_http", "").lower() in ("1", "true", "yes")
    hours = _hours(given.pop("hours", "24"), name)
    for option in ("endpoint", "public"):
        if given.get(option) and not is_web_link(given[option]):
            raise ValueError(f"{name}: {option} must be an http:// or https:// link")
    endpoint = given.get("endpoint", "")
    if not allow_http and endpoint.lower().startswith("http:") and not is_loopback(endpoint):
        raise ValueError(
            f"{name}: the endpoint {endpoint} of bucket {bucket} is not encrypted; use https://, "
            "or add &allow_http=1 to the address"
        )
    return BucketAddress(kind, bucket, parts.path.strip("/"), hours=hours, **given)


def _or_function(name: str) -> str:
    return "a function or " if name == "uploader" else ""


def _hours(text: str, name: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not MIN_HOURS <= hours <= MAX_HOURS:
        raise ValueError(
            f"{name}: hours must be {MIN_HOURS:g} to {MAX_HOURS:g}, for which links can be signed"
        )
    return hours
