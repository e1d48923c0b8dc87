"""The worked example of the model, played minute by minute."""
