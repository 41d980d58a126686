"""Child processes with limits, in which documents are parsed."""
