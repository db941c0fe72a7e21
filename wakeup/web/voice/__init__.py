"""The public listener: the phone provider's webhooks (`/twilio`)."""
