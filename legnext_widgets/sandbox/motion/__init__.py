"""Clips: a camera that moves through a still picture, encoded as H.264 MP4."""
