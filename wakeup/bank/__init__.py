"""The interface to the risk engine and the payment core: schemas, signing, delivery."""
