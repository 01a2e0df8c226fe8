"""The risk app: profiles, watch lists, intelligence, lanes, random selection and their figures."""
