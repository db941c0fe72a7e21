"""`wakeup demo`: the service, a phone company and a payment core as processes of their own, fed and watched.

It talks to all three over HTTP only, like any other stranger, and believes the ledgers of the other two.
"""
