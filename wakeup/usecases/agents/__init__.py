"""People of the bank who take calls: who is free, who is rung, who waits for them."""
