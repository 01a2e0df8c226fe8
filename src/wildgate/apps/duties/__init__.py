"""The duties app: who must tell whom, with proof of receipt and a clock; imports relayed to the authority."""
