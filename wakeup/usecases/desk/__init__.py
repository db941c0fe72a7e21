"""What staff do themselves: at the desk, on the agents' line, on a customer's behalf."""
