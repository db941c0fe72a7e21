"""What spoken words mean: word lists for Mandarin and English, no models. It knows no script and no conversation."""
