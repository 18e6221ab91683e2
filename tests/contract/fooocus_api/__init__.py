"""Fooocus-API alone, on its test server and, with `--live fooocus-api=URL`, on a real one.

Where its numbered surprises are tested (`unit` is `tests/unit/fooocus_api`):

    1   stop has no id, and waits while idle  test_stopping, unit/test_reading
    2   meta_scheme "a111" ends the scheduler unit/test_payload, unit/test_parameters; told: test_standstill
    3   errors without a word                 unit/test_reading, common suite (fails)
    4   never RUNNING, progress drops         unit/test_reading, common suite (all runs)
    5   names replaced silently               test_truth, unit/test_truth
    6   only the file has the metadata        test_files, unit/test_reading, unit/test_parameters (jpg)
    7   the server's id; our file names       test_finding, unit/test_reading
    8   seeds up to 2^63                      test_truth, unit/test_payload
    9   previews are bare base64              unit/test_reading, common suite (previews)
    10  a key failure is 403                  common suite (access)
"""
