"""Name what a request asks for, so that the same request is recognised later. Pure.

Two requests are the same when the service would make the same of them: spaces, the order of the
options, defaults that are left out and signatures of links make no difference, and a callback does
not either. Capital letters, punctuation and unknown `--flags` do.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from legnext_widgets.client.api.urls import origin_of, split_web_link

from .prompt import split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from legnext_widgets.client.api.bounded_json import JSON

_DEFAULTS: Mapping[str, JSON] = {"motion": "low", "batch_size": 4}
"""What the service takes for options that are left out, by its documentation of video-diffusion."""

_ALWAYS_SIGN = ("x-amz-", "x-goog-", "x-oss-", "x-cos-", "q-sign-", "q-key-time", "q-ak")
_SIGN = frozenset({"signature", "sig", "q-signature"})
_SIGN_BESIDE = frozenset(
    {
        *("expires", "policy", "key-pair-id", "security-token"),
        *("awsaccesskeyid", "googleaccessid", "ossaccesskeyid"),
        *("se", "st", "sv", "sp", "sr", "spr", "sip", "sdd"),
        *("ske", "skoid", "sks", "skt", "sktid", "skv"),
        *("q-header-list", "q-url-param-list"),
    }
)
"""Parameters that differ each time a link of S3, GCS, Azure, OSS, COS or CloudFront is signed. The
last group only counts beside a signature: a picture may be chosen by a parameter of such a name."""


def request_key(
    endpoint: str, payload: Mapping[str, object], *, own_origin: str | None = None
) -> str:
    """Compute the key of a request: 32 hexadecimal digits, the same for the same request.

    Args:
        endpoint: Such as `video-diffusion`.
        payload: The JSON body.
        own_origin: The origin of an embedded sandbox, whose port differs each time; links to it
            are the same at any port.
    """
    form = [endpoint, normal_form(endpoint, payload, own_origin=own_origin)]
    text = json.dumps(form, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def normal_form(
    endpoint: str, payload: Mapping[str, object], *, own_origin: str | None = None
) -> dict[str, object]:
    """Reduce a JSON body to what it asks for; see `request_key`."""
    form = {
        name: value for name, value in payload.items() if name != "callback" and value is not None
    }
    if "jobId" in form:
        form["jobId"] = str(form["jobId"]).lower()
    if isinstance(form.get("text"), str):
        form["text"] = _words(str(form["text"]))
    animates = endpoint == "video-diffusion"
    if animates:
        form.setdefault("videoType", 0)
    if animates or isinstance(form.get("prompt"), str):
        defaults = _DEFAULTS if animates else {}
        form["prompt"] = _parts(str(form.get("prompt", "")), defaults, own_origin)
    return form


def _parts(prompt: str, defaults: Mapping[str, JSON], own_origin: str | None) -> dict[str, JSON]:
    parts = split(prompt)
    found: dict[str, JSON] = {item.name: getattr(parts, item.name) for item in fields(parts)}
    found["words"] = _words(parts.words)
    for name in ("image_url", "end_image_url"):
        link = found[name]
        found[name] = _link(link, own_origin) if isinstance(link, str) else None
    return {**found, **{name: found[name] or value for name, value in defaults.items()}}


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _link(link: str, own_origin: str | None) -> str:
    parts = split_web_link(link)
    if parts is None:
        return link
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    dropped = _SIGN | _SIGN_BESIDE if names & _SIGN else frozenset()
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(_ALWAYS_SIGN) and name.lower() not in dropped
    ]
    user, at, host = parts.netloc.rpartition("@")
    plain = parts._replace(
        scheme=parts.scheme.lower(), netloc=f"{user}{at}{host.lower()}", query=urlencode(query)
    )
    if own_origin is not None and origin_of(link) == origin_of(own_origin):
        plain = plain._replace(scheme="http", netloc="sandbox")
    return plain.geturl()
