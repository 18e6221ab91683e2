"""What is AUTOMATIC1111's own. The numbered surprises of its API, and where each is held:

 1. settings of a request remain at the server     test_settings
 2. unknown names are replaced without a word       test_truth; unit/a1111/test_results
 3. pictures are not one a seed                     unit/a1111/test_results; test_truth
 4. an interrupted picture looks whole              test_interrupting
 5. Forge's second pass needs fields of its own     unit/a1111/test_form
 6. broken settings break the reading of all        test_settings
 7. the format of pictures is the server's affair   test_truth
 8. sizes are rounded down                          unit/a1111/test_results; test_truth
 9. there is no store of jobs                       test_recovering
10. failed jobs go on as ghosts                     test_recovering

The programs that speak a part of the API are in `test_programs`.
"""
