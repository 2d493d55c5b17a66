"""One account on one event loop: submit, poll, download, batch, budget."""
