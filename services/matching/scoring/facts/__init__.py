"""What a resume states and a job asks as facts: names, levels, times and amounts, which no vector judges."""
