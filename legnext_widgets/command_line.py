"""The command `legnext-widgets`."""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="legnext-widgets", prog_name="legnext-widgets")
def main() -> None:
    """Legnext AI video generation in notebooks."""
