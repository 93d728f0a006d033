"""What findings are about, in the language of the page: each code has a title.

Messages and remedies come from the rooms in English, with the names and numbers of the case in
them; a reader of another language is told by the code's title what kind of thing is wrong.
"""

from __future__ import annotations

from oreline.web._strings import msg

SEVERITIES = {
    "fatal": msg("must be mended"),
    "warning": msg("look at this"),
    "note": msg("note"),
}
"""What a severity asks of whoever reads it."""
TITLES = {
    "ORL-0100": msg("An event is not an object"),
    "ORL-0101": msg("The kind of event is not known"),
    "ORL-0102": msg("A field does not have the form expected"),
    "ORL-0103": msg("A field is missing"),
    "ORL-0104": msg("A field has a name that is not known"),
    "ORL-0105": msg("A number is written as a number"),
    "ORL-0106": msg("A text is not of the form expected"),
    "ORL-0107": msg("A word is not one of those allowed"),
    "ORL-0108": msg("A quantity contradicts itself"),
    "ORL-0109": msg("A list is too short or too long"),
    "ORL-0110": msg("A field is given that the ledger assigns"),
    "ORL-0111": msg("A field cannot be withheld"),
    "ORL-0112": msg("A value has no exact form"),
    "ORL-0113": msg("A period is closed without its limits"),
    "ORL-0114": msg("An invoice does not say what it settles"),
    "ORL-0200": msg("The id is already used for something else"),
    "ORL-0201": msg("The event lies in the future"),
    "ORL-0202": msg("The event ends before it begins"),
    "ORL-0203": msg("A correction of something that is not there"),
    "ORL-0204": msg("A correction contradicts itself"),
    "ORL-0205": msg("Money that does not balance"),
    "ORL-0206": msg("A correction would make an event malformed"),
    "ORL-0207": msg("A lot settled twice"),
    "ORL-0210": msg("A lot is drawn and nobody recorded where it came from"),
    "ORL-0211": msg("A lot is produced a second time"),
    "ORL-0212": msg("The book stock of a lot falls below zero"),
    "ORL-0213": msg("More dry mass comes out than goes in"),
    "ORL-0214": msg("An event arrives late"),
    "ORL-0221": msg("The event falls into a closed period"),
    "ORL-0222": msg("A document was already entered"),
    "ORL-0230": msg("A claim larger than its credit"),
    "ORL-0231": msg("A credit moves to nobody"),
    "ORL-0232": msg("Credit that was already taken is not there any more"),
    "ORL-0310": msg("A cell is not of the form expected"),
    "ORL-0331": msg("A moment is not understood"),
    "ORL-0332": msg("A local time without a time zone"),
    "ORL-0340": msg("One event id with two contents"),
    "ORL-0343": msg("An event names what the chain does not have"),
    "ORL-0363": msg("A lot has not been seen before"),
    "ORL-0501": msg("an event names no site"),
    "ORL-0502": msg("a lot is used where the book does not have it"),
    "ORL-0503": msg("a book stock is below zero"),
    "ORL-0504": msg("a lot is moved that nobody made"),
    "ORL-0505": msg("an event reaches over the end of a period"),
    "ORL-0522": msg("a measurement without its uncertainty"),
    "ORL-0523": msg("a measurement that cannot be"),
    "ORL-0528": msg("a sum that cannot hold"),
    "ORL-0529": msg("a gross error"),
    "ORL-0532": msg("quantities that nothing gives"),
    "ORL-0534": msg("a stream that counts as not measured"),
    "ORL-0535": msg("uncertainties that were not stated"),
    "ORL-0701": msg("terms of delivery that are not for containers"),
}
"""The titles of the codes that pages show most, as ``docs/findings`` has them."""
