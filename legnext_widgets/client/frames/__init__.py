"""Pictures out of clips: frames, animations, and films of several clips. Needs extra `frames`."""
