"""How the service does, and what becomes of advice: time to decide, refusals, backlog, quota, actual exports."""
