"""Where somebody lives: streets, postcodes, towns."""
