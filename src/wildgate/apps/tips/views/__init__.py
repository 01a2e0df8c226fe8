"""The pages of tips: for those who tell, without an account; for those who assess; for the custodian of names."""
