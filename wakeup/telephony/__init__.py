"""The only Twilio: client, TwiML renderer, inbound forms, signatures."""
