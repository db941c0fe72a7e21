"""Draw a script as a graph, with counts if given, on one page that needs no network and no library."""
