"""The script interpreter: a pure function of (script, conversation, input); knows neither Twilio nor time."""
