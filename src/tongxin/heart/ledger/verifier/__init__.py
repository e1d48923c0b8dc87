"""The single-file verifier that is handed out; it uses nothing of the product."""
