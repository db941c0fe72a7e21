"""The house keeps its own rules: sizes, names, words, documents."""
