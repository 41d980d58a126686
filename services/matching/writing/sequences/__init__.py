"""Events whose source says their order: which of them came late, and what gives way to one that came too soon."""
