"""How much is answered at once."""
