"""Who joins a talk: a guardian, the next agent, a supervisor who listens."""
