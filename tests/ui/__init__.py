"""The user interface in a plain page over a pretended kernel, in a real browser."""
