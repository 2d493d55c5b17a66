"""Where coroutines run: in a thread, or on the current loop."""
