"""What a careful reader finds in a script beyond what stops the service: each rule a pure function over one script."""
