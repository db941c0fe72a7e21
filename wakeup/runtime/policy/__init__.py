"""Read the policy file and the roster into the domain's policy, with a module for each part of them."""
