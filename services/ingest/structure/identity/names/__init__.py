"""The names of persons: of the one whom a text is about, and of others that it names."""
