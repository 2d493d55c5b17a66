"""The files of kept clips, their posters, and pictures that jobs were made from."""
