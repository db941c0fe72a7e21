"""The figures: how many customers were reached and dissuaded, how much money was stopped, and how long due work
has waited."""
