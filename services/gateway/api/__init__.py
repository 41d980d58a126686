"""The public REST API, one file per resource; all under /api/v1 except what every service has at its root."""

PREFIX = "/api/v1"
