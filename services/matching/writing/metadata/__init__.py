"""A document's metadata: what its submissions named, and the changes of them alone, in the order of revision."""
