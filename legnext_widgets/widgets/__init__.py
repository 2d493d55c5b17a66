"""The widgets `VideoStudio` and `VideoGallery`."""
