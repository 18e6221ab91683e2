"""What every test server needs beside its protocol.

faults     what was ordered and has not struck; names that must stay text
control    the control route, and what strikes before a service has a say in it
lines      the open connections, and the ways to break them
painting   pictures that differ by seed, and how pictures come in and go out
main       the command line, the line "listens on", and the end with the parent
"""
