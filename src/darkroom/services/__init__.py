"""What the program does, without a face: the TUI, the command line and the tests drive these."""
