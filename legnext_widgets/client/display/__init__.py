"""How jobs, videos and lists of them show themselves in a notebook."""
