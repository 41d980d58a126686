"""How the whole system is doing, as the gateway sees it."""
