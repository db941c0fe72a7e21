"""Feed risk events from a file: read, map and check them, and send them signed to the API that the bank uses."""
