"""Reading PDF files: text in reading order, how its lines look, and which of it nobody sees."""
