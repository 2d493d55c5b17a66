"""The kernel side of the communication with the browser."""
