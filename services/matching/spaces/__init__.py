"""The life of a space: registered, built, active, retired; and sending stored texts through the model again."""
