"""One attempt at one address: which addresses may be reached, how the connection is made, what is signed and sent."""
