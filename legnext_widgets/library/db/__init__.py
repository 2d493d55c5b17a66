"""The journal: one SQLite database that threads and processes share."""
