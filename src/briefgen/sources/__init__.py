"""Files -> sources: one text each, with blocks, and what is not content set apart.

bytes --recognise--> format --reader, in a child process--> Draft --set_apart--> blocks --> Source

A reader (`plain`, `markdown`, `web`, `pdf`, `word`) turns the bytes of one format into a `Draft`. It imports
its library at the top, and is itself imported only when a file of its format is read.
"""
