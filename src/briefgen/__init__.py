"""briefgen turns sources into briefing papers.

seeds/ --read--> Source --extract--> Brief (draft) --> content/*.yaml      a person edits here
content/*.yaml --load--> Brief --check--> diagnostics
Brief --select(audience)--> Edition --render--> HTML --fit--> pages --> PDF
editions --build--> build/   (HTML, PDF, report)
"""

__version__ = "0.1.0"
