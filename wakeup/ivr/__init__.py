"""The script interpreter: a pure function of (script, conversation, input), independent of Twilio and of time."""
