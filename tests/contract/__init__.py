"""One contract for every connector, held against real servers.

`pytest tests/contract` runs the common suite on a test server of each service; `--live SERVICE=URL` (once a
server) runs it on real ones too. The folders hold what one service alone does; each has a table of that
service's numbered surprises, and where they are tested. How a service takes part: `backends/__init__.py`.
"""
