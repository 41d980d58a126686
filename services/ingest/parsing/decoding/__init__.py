"""From bytes to characters: whether they are a text, and in which encoding."""
