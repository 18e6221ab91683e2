"""What may happen to the queue, in parts that `test_queue_machine` puts together, and a model of it."""
