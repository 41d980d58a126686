"""How alike two titles of positions are: the occupation that each names, its field, its rank."""
