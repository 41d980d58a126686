"""How a client reaches the brokers: addresses, security, and what is said when none answers."""
