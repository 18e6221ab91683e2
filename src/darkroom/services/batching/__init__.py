"""What `services/batches.py` is made of: wildcard files, templates, forms for every job, and the forecast."""
