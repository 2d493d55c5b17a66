"""The model of an account's balance."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from legnext_widgets.client.api.bounded_json import MAX_SHOWN, parse_object
from legnext_widgets.client.errors import InvalidResponseError

from . import converters
from .wire import WireObject, read_by

if TYPE_CHECKING:
    from datetime import datetime

    from legnext_widgets.client.api.bounded_json import JSON


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Balance(WireObject):
    """What an account has left.

    Attributes:
        account_id: The account's id, a number or a text.
        balance_usd: US dollars.
        available_credits: Credits.
        available_points: Points, which jobs are paid with.
        alert_threshold: The account's own limit for the alert.
        low_balance_alert: Whether the balance is below `alert_threshold`.
        updated_at: When the service last counted.
    """

    account_id: JSON = None
    balance_usd: int | float | None = read_by(converters.number)
    available_credits: int | float | None = read_by(converters.number)
    available_points: int | float | None = read_by(converters.number)
    alert_threshold: int | float | None = read_by(converters.number)
    low_balance_alert: bool | None = read_by(converters.flag)
    updated_at: datetime | None = read_by(converters.time)


_BALANCE_FIELDS = {item.name for item in fields(Balance)} - {"raw"}


def parse_balance(body: bytes) -> Balance:
    """Read the balance in an answer.

    Raises:
        InvalidResponseError: There is none.
    """
    found = parse_object(body)
    data = found.get("data", found)
    if not isinstance(data, dict) or not data.keys() & _BALANCE_FIELDS:
        raise InvalidResponseError("The response has no balance.", body=str(found)[:MAX_SHOWN])
    return Balance.of(data)
