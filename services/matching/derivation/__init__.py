"""Finding anew what is found in stored documents: their structure, and what scoring and retrieval derive of them."""
