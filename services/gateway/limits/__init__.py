"""How much of the gateway each key and each tenant gets: calls a second, and a fair share of what is scarce."""
