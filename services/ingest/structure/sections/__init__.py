"""The parts of a text under one heading each, and what kind of part each is."""
