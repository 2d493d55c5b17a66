"""The kernel side of the talk with the browser."""
