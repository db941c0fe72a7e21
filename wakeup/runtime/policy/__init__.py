"""The policy file and the roster, read into the domain's policy: a module for each part of them."""
