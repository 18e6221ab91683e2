"""The full-screen view: one picture alone, its neighbours a key away, two of them in turn."""
