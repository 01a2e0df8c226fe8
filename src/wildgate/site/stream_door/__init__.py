"""The door of the intelligence stream: many open lines, one reader of the database behind them all."""
