"""Stories of scripts: what callees do, played through every script that offers it. Knows no database and no service."""
