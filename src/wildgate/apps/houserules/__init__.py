"""How the authority works, as dated data that two people change: holidays, service times, tariffs, teams, texts."""
