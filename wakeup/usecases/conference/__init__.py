"""Participants who join an agent's conversation: a guardian, the next agent, a listening supervisor."""
