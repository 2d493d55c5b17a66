"""Media files: what makes a file a clip or an image, and what an answer of a media host means."""
