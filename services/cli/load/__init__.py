"""Loading documents through the gateway: what there is, how it is sent, and how each one ends."""
