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


KEY = "$LEGNEXT_API_KEY"
CLIENT = "lw.Client()  # the key is read from $LEGNEXT_API_KEY"


def curl(endpoint: str, payload: Mapping[str, JSON], base_url: str, key: str = KEY) -> str:
    """Write a curl command for a POSIX shell, in the form of the service's documentation.

    Args:
        endpoint: Such as `video-diffusion`.
        payload: The body.
        base_url: Origin of the service.
        key: What stands for the key; a sandbox takes any word.
    """
    body = json.dumps(payload, indent=2, ensure_ascii=False)
    address = shlex.quote(f"{base_url.rstrip('/')}{TASK_PATH}/{endpoint}")
    return (
        f"curl -X POST {address} \\\n"
        f'  -H "x-api-key: {key}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data-raw {shlex.quote(body)}"
    )


def python(method_name: str, arguments: Mapping[str, object], client: str = CLIENT) -> str:
    """Write a call of the client's method.

    Args:
        method_name: Such as `video_diffusion`.
        arguments: Its arguments by name.
        client: The expression that makes the client.
    """
    given = "".join(f"    {name}={_literal(value)},\n" for name, value in arguments.items())
    return (
        "import legnext_widgets as lw\n\n"
        f"client = {client}\n"
        f"job = client.{method_name}(\n{given})\n"
        "job.wait()\n"
    )


def _literal(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return repr(int(value))  # an enum, too
    if isinstance(value, Picture):
        return repr(value.label)  # the file, where it was one
    return repr(value)
