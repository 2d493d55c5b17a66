"""Run the command `legnext-widgets` as `python -m legnext_widgets`."""

from .cli import main

main(prog_name="legnext-widgets")
