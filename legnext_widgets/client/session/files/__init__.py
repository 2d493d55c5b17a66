"""Files of jobs: downloaded whole or not at all, and kept in the store."""
