"""What a person sees while a call waits: one line in a notebook or a terminal, kept up to date."""
