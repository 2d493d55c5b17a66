"""Polling: one background task asks for all jobs that run, each when it is due."""
