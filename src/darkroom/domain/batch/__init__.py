"""Batches, many jobs from one form: axes and their product, seeds, prompt lists, prompt templates."""
