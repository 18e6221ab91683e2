"""The queue: jobs that wait with us, who sends them, and what happens when one of us falls silent.

Each process that may own jobs has a `Lease` (it lives), a `Following` (its jobs, from claim to end) and a
`Dispatcher` (claims the next). They agree through the database alone; see `docs/queue.md`.
"""
