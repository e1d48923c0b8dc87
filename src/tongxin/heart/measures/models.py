"""Tables of measures: none yet; scores are computed from duties."""
