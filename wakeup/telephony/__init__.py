"""The only package that uses Twilio: client, TwiML renderer, inbound forms, signatures."""
