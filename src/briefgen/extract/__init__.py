"""Sources -> a draft of the brief: offline, from rules and word lists alone, every quote verbatim.

blocks --sentences--> sentences --lexicon--> cues --stance, salience, sectors--> items --merge--> Draft

The same sources give the same draft, whatever the machine: there is no model file, no network and no clock.
"""

from briefgen.extract.drafting import draft

__all__ = ["draft"]
