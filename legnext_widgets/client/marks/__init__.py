"""The marks of a person on jobs and clips: star, note, hidden, deleted."""
