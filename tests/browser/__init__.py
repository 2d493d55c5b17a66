"""The package in real notebook front ends, in a real browser."""
