"""The widgets: VideoStudio and VideoGallery, and the bridge from the engine to their traits."""
