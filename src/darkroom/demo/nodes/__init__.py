"""What the demo's node classes do when they run."""
