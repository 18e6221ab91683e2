"""What InvokeAI alone does, on the test server. Where its numbered surprises are tested:

 1  socket over websocket, never polled            test_queue (deaf), the common suite (a websocket alone)
 2  a batch's values block the queue               unit test_graphs (refused here, only seeds are put in)
 2b a batch makes metadata lie                     test_queue (seeds of a batch), unit test_graphs
 3  unknown paths answer 200 and a page            test_server, common test_presence
 4  items come newest first                        test_queue (seeds of a batch)
 5  a full queue truncates without a word          test_queue
 6  asking gives no steps                          test_queue (deaf)
 7  seeds                                          unit test_graphs
 8  the node cache names old pictures              unit test_graphs (only the output …)
 9  null fields are left out                       unit test_outcomes (a recorded item)
10  the status comes before the error              common test_trouble
11  everybody's events come                        common test_lines (two profiles at once)
12  the mask is turned                             common test_pictures, unit test_graphs
13  a board that is gone is passed over            test_queue
14  a kept connection is closed under us           test_server
15  tokens                                         test_login, common test_access
16  another port                                   common test_presence
17  empty groups                                   unit test_outcomes, unit test_graphs
"""
