"""Scripts, prompts and the interpreter: golden transcripts, tables, properties."""
