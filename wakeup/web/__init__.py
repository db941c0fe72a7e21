"""aiohttp handlers: risk API, voice and message webhooks, console, operations. Never uses SQL or Twilio's library."""
