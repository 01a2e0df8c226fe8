"""Reading downloads of the Checklist of CITES Species and of Species+: files from outside become typed rows or faults.

`reading.read` tells the layout from the file itself; `checklist`, `history` and `api` know one layout each; `writing`
compares the rows with what is stored and writes the difference.
"""
