"""Outputs: each file here turns a plan into one thing that image builders use."""
