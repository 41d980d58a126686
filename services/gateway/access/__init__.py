"""Who may come in, and what for: keys, their scopes, and whom they belong to."""
