"""The tools of people who write scripts: lint, stories, a call played by hand, publishing. No service imports them."""
