"""ComfyUI alone, on the demo server and, with `--live comfyui=URL`, on a real one (green on 0.3.64).

Where its numbered surprises are tested (`unit` is `tests/unit/connectors`):

    1   end of a run is `executing` null      test_runs (collect), unit/test_events
    2   two sockets, one id; deaf sockets     test_lines, test_faults, unit/test_links
    3   a slow reader stalls everybody        test_lines (a follower that does not follow), unit/test_mailbox
    4   foreign progress and previews         test_faults (strange and foreign), unit/test_links
    5   feature flags first, every time       unit/test_links; previews with ids: test_lines (dropped line)
    6   previews off                          test_faults (without previews)
    7   SaveImageWebsocket, large frames      test_runs (through the socket), unit/test_links
    8   cached reruns, deleted files          test_jobs (identical), test_faults (deleted), unit/test_history
    9   interrupts and deletes                test_jobs, test_faults (cancel), unit/test_history
    10  heap order, own ids, 500 but queued   unit/test_queue, test_jobs (place), test_lines (500)
    11  200 with errors, cycles, refusals     test_runs, unit/test_validation
    12  restart, unknown ids                  test_faults, test_jobs (nobody knows)
    13  uploads                               test_runs (fed in, name), test_faults (too large)
    14  no Origin, nothing secret             test_access
    15  metadata, kinds of files              test_runs (recipe, animations), unit/test_history
    16  long silence                          test_faults (long silence)
"""
