"""A call played by whoever writes the script: what is typed becomes what a callee does. Knows no database."""
