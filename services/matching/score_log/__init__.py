"""Which scores were shown, to whom, of which texts: kept beside the answers, and without the id of who is erased."""
