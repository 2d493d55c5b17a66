"""Accounts, jobs and time of the simulated service."""
