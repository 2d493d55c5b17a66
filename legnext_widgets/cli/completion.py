"""The command `completion`: complete commands, options and job ids in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_LEGNEXT_WIDGETS_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash:  eval "$(legnext-widgets completion bash)"
    zsh:   eval "$(legnext-widgets completion zsh)"
    fish:  legnext-widgets completion fish | source
    """  # noqa: D301 - click wants the character itself
    made = get_completion_class(shell)
    if made is None:
        raise click.ClickException(f"{shell} cannot be completed with this version of click.")
    root = context.find_root()
    click.echo(made(root.command, {}, "legnext-widgets", _VARIABLE).source())
