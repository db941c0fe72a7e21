"""The simulators: a phone company that speaks Twilio's HTTP, the callees behind its numbers, and a bank's payment
core.

The package imports nothing of the rest of the program, signs with its own code and keeps its own ledger.
"""
