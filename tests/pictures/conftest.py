from __future__ import annotations

import pytest

from tests.client.conftest import KEY, connect, driver, journal, stub

__all__ = ["KEY", "connect", "driver", "journal", "stub"]


@pytest.fixture(autouse=True)
def _no_cloud_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the person's credentials, and keep every look for others on this machine."""
    import os

    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")):
            monkeypatch.delenv(name)
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", nowhere)
    monkeypatch.setenv("AZURE_IDENTITY_ENDPOINT", nowhere)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "no-such-file")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "no-such-file")
