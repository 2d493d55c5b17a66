"""Lets `python -m legnext_widgets` do what the command `legnext-widgets` does."""

from .cli import main

main(prog_name="legnext-widgets")
