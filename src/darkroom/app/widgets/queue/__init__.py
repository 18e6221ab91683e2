"""The queue as a list: a line a job, whatever their number."""
