"""Links that temporary credentials sign end with these credentials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.uploads.uploader import link_expiry, reusable_until
from tests.support.raw_service import RawService, Reply

from .conftest import KEY
from .picture_factory import photo

pytest.importorskip("obstore")


@pytest.fixture(autouse=True)
def _temporary_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.delenv("AWS_CREDENTIAL_EXPIRATION", raising=False)
    monkeypatch.delenv("AWS_SESSION_EXPIRATION", raising=False)


def in_hours(hours: float) -> datetime:
    return (datetime.now(UTC) + timedelta(hours=hours)).replace(microsecond=0)


def link_of(begin: datetime, token: str = "token") -> str:
    return (
        f"https://b.s3.amazonaws.com/a.jpg?X-Amz-Date={begin:%Y%m%dT%H%M%SZ}"
        f"&X-Amz-Expires=86400&X-Amz-Security-Token={token}"
    )


def test_no_end_is_named_that_is_not_known(stub: RawService, caplog) -> None:
    stub.others["/bucket"] = lambda _: Reply(headers={"etag": '"x"'})
    uploader = f"s3://bucket/pictures?endpoint={stub.url}"
    caplog.set_level("INFO", "legnext_widgets")
    with lw.Client(KEY, base_url=stub.url, library=False, uploader=uploader) as client:
        uploads = client.session.uploads
        assert uploads.hours is None

        link = client.upload(photo())

    assert "X-Amz-Security-Token" in link
    assert link_expiry(link) is None
    assert "only as long as the temporary credentials" in caplog.text
    assert "24 h" not in caplog.text


@pytest.mark.parametrize("name", ["AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_EXPIRATION"])
def test_the_end_of_the_credentials_is_the_end_of_the_link(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    end = in_hours(1)
    monkeypatch.setenv(name, end.isoformat())
    link = link_of(in_hours(0))

    assert link_expiry(link) == end
    assert link_expiry(link_of(in_hours(0), "another")) is None
    monkeypatch.setenv(name, "soon")
    assert link_expiry(link) is None


def test_a_longer_life_of_the_credentials_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", in_hours(100).isoformat())
    begin = in_hours(0)

    assert link_expiry(link_of(begin)) == begin + timedelta(hours=24)


def test_a_link_that_may_have_ended_is_not_given_to_later_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = in_hours(0)
    assert reusable_until(link_of(begin), None) == begin + timedelta(minutes=5)
    assert reusable_until(link_of(begin), in_hours(24)) == in_hours(18)
    assert reusable_until("https://example.com/a.jpg", None) is None

    given: list[str] = []

    def upload(data: bytes, name: str) -> str:
        given.append(link_of(in_hours(-1 if len(given) == 0 else 0)))
        return given[-1]

    with lw.Client.sandbox(speed=2000, library=False, uploader=upload) as client:
        jobs: list[Any] = [
            client.video_diffusion("x", image=photo(), batch_size=1) for _ in range(3)
        ]

    assert len(given) == 2, "the first link is an hour old, the second is new"
    requests = [job.request for job in jobs]
    assert [one.image_url for one in requests] == [given[0], given[1], given[1]]
    with lw.Client.sandbox(speed=2000, library=False, uploader=upload) as client:
        again: Any = client.submit(requests[0])
        assert again.request.image_url == given[2], "an old link of a request is renewed, too"
