"""Agents, the bank's staff who take calls: which are free, which is rung, which customer waits for one."""
