"""Stock: what a holder lawfully has, drawn down by the certificates under which it leaves."""
