"""Weights: files of this project, files of the hub, and the networks that are kept in memory."""
