"""Learn what requests cost: one price for each endpoint, video type and number of videos."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from legnext_widgets.client.api.values.prompt import split

from .models import POINTS
from .tables import attempts

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LATEST = 20
"""So many of the last requests of a kind say what the next one costs."""

_USUAL_VIDEOS = 4
_STEPS = ("extend-video", "video-upscale")


def price_class(endpoint: str, payload: str, source: str | None) -> str:
    """Name what has one price: such as `video-diffusion/1/4`, for four videos of type 1. Pure.

    Args:
        endpoint: Such as `video-diffusion`.
        payload: The body, JSON.
        source: The price class of the job that it continues: an extended or upscaled video is of
            the same type. None where there is none.
    """
    fields = json.loads(payload)
    if endpoint in _STEPS:
        kind = source.split("/")[1] if source else "0"
        return f"{endpoint}/{kind}/1"
    videos = split(str(fields.get("prompt", ""))).batch_size or _USUAL_VIDEOS
    return f"{endpoint}/{fields.get('videoType', 0)}/{videos}"


def class_of(connection: Connection, attempt: str | None) -> str | None:
    """Return the price class of a stored attempt; None where it is not known."""
    if attempt is None:
        return None
    return connection.scalar(select(attempts.c.priced_as).where(attempts.c.id == attempt))


def usual_points(connection: Connection, endpoint: str, priced_as: str) -> int:
    """Return what a request costs: as much as the dearest of the last ones of its price class."""
    greatest = func.max if connection.dialect.name == "sqlite" else func.greatest
    recent = (
        select(greatest(attempts.c.spent, attempts.c.held).label("points"))
        .where(attempts.c.priced_as == priced_as, attempts.c.upstream_id.is_not(None))
        .order_by(attempts.c.created_at.desc())
        .limit(_LATEST)
        .subquery()
    )
    return max(POINTS[endpoint], connection.scalar(select(func.max(recent.c.points))) or 0)


def fill_classes(connection: Connection) -> None:
    """Assign price classes to the attempts of an older database."""
    columns = (attempts.c.id, attempts.c.endpoint, attempts.c.payload, attempts.c.source)
    rows = connection.execute(select(*columns).order_by(attempts.c.created_at)).all()
    known: dict[str, str] = {}
    for row in rows:
        known[row.id] = price_class(row.endpoint, row.payload, known.get(row.source or ""))
    if known:
        filled = update(attempts).where(attempts.c.id == bindparam("row"))
        values = [{"row": row, "priced": priced} for row, priced in known.items()]
        connection.execute(filled.values(priced_as=bindparam("priced")), values)
