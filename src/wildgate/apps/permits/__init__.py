"""Applications, cases and issued permits."""
