"""Typed, tolerant models of the service's answers."""
