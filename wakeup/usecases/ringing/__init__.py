"""May a phone ring now, from which number of ours, and how many in a second."""
