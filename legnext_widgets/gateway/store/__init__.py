"""What the gateway remembers: members, budgets, attempts. On SQLite or PostgreSQL."""
