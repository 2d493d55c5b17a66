"""Pictures and clips: where they come from, how they are made, how they are served."""
