"""Copies of kept clips for people without this package."""
