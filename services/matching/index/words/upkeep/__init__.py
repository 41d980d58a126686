"""What is done with words in the background: packed, merged, erased."""
