"""Uploads of pictures: to a bucket, by a function of the user, or to the sandbox."""
