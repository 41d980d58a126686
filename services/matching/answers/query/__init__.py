"""What a search text asks for: its words, phrases and operators, and whether a document's text satisfies them."""
