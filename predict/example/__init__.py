"""Write small real models and the data to try them on: `predict example`."""
