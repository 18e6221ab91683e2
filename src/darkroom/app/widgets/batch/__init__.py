"""Batches as they are seen: a grid of pictures with the values of its axes beside it."""
