"""Handles of jobs and videos: what `Client` and `AsyncClient` give, and where files are saved."""
