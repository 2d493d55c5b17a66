"""The client: requests are built and checked, sent, followed, and their videos downloaded."""
