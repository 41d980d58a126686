"""Telling a tenant's own systems what happened, by the Standard Webhooks specification: what is sent, and how."""
