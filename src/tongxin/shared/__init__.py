"""What every room may use and no room owns: clock, canonical JSON, refusals, the petals' register."""
