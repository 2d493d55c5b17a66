"""The files of kept clips."""
