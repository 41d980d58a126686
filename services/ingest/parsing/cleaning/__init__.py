"""What is mended in every text, whatever it was read from, before it is prepared."""
