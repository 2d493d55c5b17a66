"""The gateway: a class works with one key, each student with a budget of their own."""
