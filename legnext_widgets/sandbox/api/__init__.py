"""The HTTP API of the simulated service."""
