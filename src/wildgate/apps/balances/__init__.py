"""The balances app: the quantity ledger of each permit line, behind the desk, the phone and the interface alike."""
