"""A stranger to the service: a phone company speaking Twilio's HTTP, the people it rings, and a bank's payment core.

It imports nothing of the rest of the programme, signs with its own code and keeps its own ledger.
"""
