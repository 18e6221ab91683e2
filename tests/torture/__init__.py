"""The crash harness: Darkroom is killed at random moments, its servers too, and the ledger is checked.

`make torture ROUNDS=200` plays rounds, each drawn from a seed; `make torture SEED=17 ROUNDS=1` plays one
again: the draw is the same, the moments are as exact as the machine lets them be. `make test` plays a few.

scenario    what happens in a round, drawn from its seed
desk        a Darkroom as the TUI has it, without the screen: it submits, and works on the queue
faces       desks, the TUI, `darkroom generate` and `darkroom worker` as processes, and what they said
stage       the servers of a round, and the wires to them
ledger      what must hold when a round is over
playing     plays a round
played      how it went, in words
small_disk  plays one on a disk of its own, which can be filled
"""
