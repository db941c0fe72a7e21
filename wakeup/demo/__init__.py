"""`wakeup demo`: run the service, a phone company and a payment core as separate processes, feed them and watch them.

The demo talks to all three over HTTP only, as any other client would, and judges the run by the ledgers of the
phone company and the payment core.
"""
