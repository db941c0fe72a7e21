"""The public listener: what the phone company asks and tells (`/twilio`)."""
