"""Signed links as functions of their arguments."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from legnext_widgets.sandbox.api.signed_urls import SignatureStatus, sign, verify

SECRET = b"secret"


def query_of(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_signed_link_is_valid_until_it_expires() -> None:
    query = query_of(sign("/media/a.mp4", 1000, SECRET))
    assert verify("/media/a.mp4", query, SECRET, 999.9) is SignatureStatus.VALID
    assert verify("/media/a.mp4", query, SECRET, 1000) is SignatureStatus.EXPIRED


def test_changed_link_is_not_valid() -> None:
    query = query_of(sign("/media/a.mp4", 1000, SECRET))
    assert verify("/media/b.mp4", query, SECRET, 1) is SignatureStatus.FORGED
    later = query | {"Expires": "9999"}
    assert verify("/media/a.mp4", later, SECRET, 1) is SignatureStatus.FORGED
    assert verify("/media/a.mp4", query, b"other", 1) is SignatureStatus.FORGED
    assert verify("/media/a.mp4", {}, SECRET, 1) is SignatureStatus.UNSIGNED


@given(st.dictionaries(st.sampled_from(["Expires", "Signature", "x"]), st.text()))
def test_no_query_breaks_the_check(query: dict[str, str]) -> None:
    assert verify("/media/a.mp4", query, SECRET, 1) is not SignatureStatus.VALID
