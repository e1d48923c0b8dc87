"""Messages between desks and nodes, idempotency keys, notifications, and the one way to act."""
