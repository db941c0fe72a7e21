"""Stories of scripts: what callees do, played through every script that has them."""
