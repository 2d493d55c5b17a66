"""The options of a gateway, checked once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from legnext_widgets.client.api.auth import find_key
from legnext_widgets.client.api.urls import SERVICE_ORIGIN, is_web_link
from legnext_widgets.client.schedule import DEFAULT_PACE, Pace

if TYPE_CHECKING:
    from legnext_widgets.client.api.auth import Secret
    from legnext_widgets.gateway.identity.hub import HubSettings

DATABASE_NAME = "LEGNEXT_GATEWAY_DATABASE"
MAX_SLOTS = 100


@dataclass(frozen=True)
class GatewayConfig:
    """The options of a gateway.

    Attributes:
        key: The key of the class; None works with an embedded sandbox. It stays in memory.
        database: `sqlite:///FILE` or `postgresql://...`; it may hold a password.
        upstream: Address of the service.
        hub: How a Hub is reached; None without one.
        public_url: Whole address by which the service and students reach this gateway, with the
            path of a Hub's service; None for no callbacks.
        slots: Jobs that run at once.
        student_points: Limit of a student who is first seen; None for no limit.
        class_points: Limit of the class where the database is new; None for no limit.
        speed: Of the embedded sandbox.
        pace: How fast to poll, at the real service.
    """

    key: Secret | None
    database: str = field(repr=False)
    upstream: str = SERVICE_ORIGIN
    hub: HubSettings | None = None
    public_url: str | None = None
    slots: int = 6
    student_points: int | None = None
    class_points: int | None = None
    speed: float = 1.0
    pace: Pace = DEFAULT_PACE

    def __post_init__(self) -> None:
        """Check the options.

        Raises:
            ValueError: One is outside its limits.
        """
        if not 1 <= self.slots <= MAX_SLOTS:
            raise ValueError(f"slots must be 1 to {MAX_SLOTS}")
        for name, address in (("upstream", self.upstream), ("public_url", self.public_url)):
            if address is not None and not is_web_link(address):
                raise ValueError(f"{name} must be an http:// or https:// address")
        for name, points in (("points", self.student_points), ("class_points", self.class_points)):
            if points is not None and points < 0:
                raise ValueError(f"{name} must be 0 or more")

    @property
    def sandbox(self) -> bool:
        """Whether it works with an embedded sandbox."""
        return self.key is None

    @property
    def prefix(self) -> str:
        """Path under which it is served, without a slash at its end."""
        return self.hub.prefix.rstrip("/") if self.hub is not None else ""


def key_of_class() -> Secret:
    """Find the key of the class in `LEGNEXT_API_KEY`.

    Raises:
        MissingAPIKeyError: There is none.
    """
    return find_key()


def default_database() -> str:
    """Return the database of `LEGNEXT_GATEWAY_DATABASE`, else a file in the user's data folder."""
    given = os.getenv(DATABASE_NAME, "").strip()
    if given:
        return given
    from platformdirs import user_data_path

    folder = user_data_path("legnext-widgets", appauthor=False)
    return f"sqlite:///{(folder / 'gateway.sqlite').as_posix()}"
