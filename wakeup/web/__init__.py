"""aiohttp handlers: risk API, voice and message webhooks, operations. Never touches SQL or Twilio's library."""
