"""Documents -> a drafted brief, its evidence page, or a finished page at once: what an analyst calls first.

paths --sources--> Source --extract or llm--> Draft --drafting--> brief.yaml      a person edits here
brief.yaml --content--> Brief + the texts of its sources --review--> evidence.html

Each command imports the module it needs (`extracting`, `evidence`, `instant`): drafting does not wait for the engine.
"""
