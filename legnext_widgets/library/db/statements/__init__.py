"""SQL statements of the journal: functions of a connection, each safe to run again."""
