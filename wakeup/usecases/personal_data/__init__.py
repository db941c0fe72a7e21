"""What is kept of customers: forgotten, handed out, and wrapped by newer keys."""
