"""Tests of the client against a real socket: what it sends, says and remembers."""
