"""Checks of the project's own rules: sizes, names, words, documents."""
