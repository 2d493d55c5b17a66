"""Copies of clips for people."""
