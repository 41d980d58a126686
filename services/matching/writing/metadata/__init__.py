"""A document's metadata and standing: what its submissions named, and the changes of them alone, in the order of
revision."""
