"""What a guardian's answer starts, by text or on the phone: evidence, a timer, or the next guardian."""
