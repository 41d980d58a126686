"""What scoring derives of a document, once, and reads again."""
