"""Skills, licences, languages and degrees that a text names, and whether the person has them."""
