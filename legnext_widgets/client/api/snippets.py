"""Write a request as code to run elsewhere. The code never holds a key."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from legnext_widgets.client.pictures.picture import Picture

from .urls import TASK_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .bounded_json import JSON


def curl(endpoint: str, payload: Mapping[str, JSON], base_url: str) -> str:
    """Write a curl command for a POSIX shell, in the form of the service's documentation."""
    body = json.dumps(payload, indent=2, ensure_ascii=False)
    address = shlex.quote(f"{base_url.rstrip('/')}{TASK_PATH}/{endpoint}")
    return (
        f"curl -X POST {address} \\\n"
        '  -H "x-api-key: $LEGNEXT_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data-raw {shlex.quote(body)}"
    )


def python(method_name: str, arguments: Mapping[str, object]) -> str:
    """Write a call of the client's method."""
    given = "".join(f"    {name}={_literal(value)},\n" for name, value in arguments.items())
    return (
        "import legnext_widgets as lw\n\n"
        "client = lw.Client()  # the key is read from $LEGNEXT_API_KEY\n"
        f"job = client.{method_name}(\n{given})\n"
        "job.wait()\n"
    )


def _literal(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return repr(int(value))  # an enum, too
    if isinstance(value, Picture):
        return repr(value.label)  # the file, where it was one
    return repr(value)
