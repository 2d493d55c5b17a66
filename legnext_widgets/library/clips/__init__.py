"""The files of kept clips and their posters."""
