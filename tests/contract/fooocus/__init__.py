"""Fooocus's web page alone, on its test server.

Where the numbered surprises that concern it are tested (`unit` is `tests/unit/fooocus`):

    8   seeds are strings up to 2^63          test_page (seeds), unit/test_form, unit/test_pictures
    11  no named endpoint, 153 positions      test_page (every page), unit/test_page, unit/test_form;
        one session for both calls            common suite (all runs), test_lost (forgotten task)
    12  nothing is recovered, but the log     test_lost, unit/test_search, unit/test_pictures;
        stop hits the whole process           test_stopping, common suite (stopping)

Seen beside them on the real page (2.5.5):

    a page can have fewer than 100 inputs       test_page (small), unit/test_page
    who is slow for a second is never told more test_lines
    a task that failed counts as under way      test_stopping
    the alpha channel of a mask is the mask     unit/test_pictures
    half a character empties the log            unit/test_form, common suite (any prompt)
"""
