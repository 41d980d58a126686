"""The newest statuses, read from Kafka and kept in memory until matching has stored them."""
