"""Documents -> a drafted brief, its evidence page, or a finished page at once: what an analyst calls first.

paths --sources--> Source --extract or llm--> Draft --drafting--> brief.yaml      a person edits here
brief.yaml --content--> Brief + the texts of its sources --review--> evidence.html
"""

from briefgen.desk.evidence import evidence
from briefgen.desk.extracting import Extracted, Options, extract
from briefgen.desk.instant import Printed, brief
from briefgen.desk.places import Home, home, home_for

__all__ = ["Extracted", "Home", "Options", "Printed", "brief", "evidence", "extract", "home", "home_for"]
