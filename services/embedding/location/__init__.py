"""Where the model lies on disk, and how it gets there."""
