"""What is found in a text: its sections, its title, its language."""
