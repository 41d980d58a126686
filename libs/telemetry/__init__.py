"""How the system tells what it does: logs, traces, metrics, health."""
