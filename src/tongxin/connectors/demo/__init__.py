"""What shows a connector at work without any outside system: a receiver that prints what comes."""
