"""The public door: REST over documents, matching and health; publishes submissions, keeps no documents itself."""
