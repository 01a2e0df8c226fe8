"""How templates word the codes of applications and permits."""
