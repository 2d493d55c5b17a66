"""The command `legnext-widgets`: videos from a terminal, a demo in JupyterLab, a sandbox server."""

from __future__ import annotations

import click

from .completion import completion
from .demo import demo
from .files import download, export, open_video
from .gateway import gateway
from .output import tolerate_encodings
from .query import balance, jobs, list_jobs, status
from .sandbox import sandbox
from .submit import extend, generate, upscale

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="legnext-widgets", prog_name="legnext-widgets")
def main() -> None:
    """Legnext AI video generation in notebooks and terminals.

    The commands use the API key in LEGNEXT_API_KEY and the library of the notebooks. A job goes on
    at the service when a command ends or is interrupted.
    """
    tolerate_encodings()


for _command in (
    *(generate, extend, upscale),
    *(status, jobs, list_jobs, balance),
    *(download, open_video, export),
    *(demo, sandbox, gateway, completion),
):
    main.add_command(_command)
