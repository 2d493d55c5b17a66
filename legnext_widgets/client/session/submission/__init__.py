"""Paid requests: sent once, or answered with the job that was made from the same request before."""
