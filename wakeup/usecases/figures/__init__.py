"""The figures: what was reached, dissuaded and stopped, and how long what is due has waited."""
