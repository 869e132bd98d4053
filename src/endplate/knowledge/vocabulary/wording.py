"""Sentences that stand verbatim on screens, reports and ``--help``."""

from typing import Final

BANNER: Final = (
    "For education and research. Not a medical device. Do not use it to decide a person's treatment."
)
RANGES: Final = "From the source shown. No number here means we hold no source, not that any dose is safe."
SIMULATION: Final = (
    "Simulated from published group data. The band shows what we could quantify; "
    "real responses can fall outside it."
)
OPTIMISER: Final = (
    "Best of the plans searched, under these assumptions. Change one and the answer may change."
)
INDIRECT: Final = (
    "Indirect comparison: products differ in units and in their studies. "
    "Each plan is shown for itself; nothing is subtracted and nothing ranked."
)
PRODUCT: Final = "Units belong to one product. Changing product clears the doses; endplate never converts."
NOT_SCALED: Final = "Adult numbers are not scaled for children."
UNDER_18: Final = f"Enter age and weight. {NOT_SCALED}"
TRAINER: Final = "A practice score, not an assessment of competence."
REPORT: Final = "Trouble breathing, swallowing or speaking after an injection needs urgent medical care."
PRIVACY: Final = "Stays on this computer. Use a code, not a name."
AFTER_HARM: Final = (
    "Unwanted effects can begin hours to weeks after an injection. "
    "Call the emergency number for trouble breathing, swallowing or speaking, "
    "and the treating clinic for any other new weakness. "
    "Antitoxin does not reverse weakness that is established."
)
DEVELOPMENT: Final = (
    "Model hypothesis. Long-term benefit of early BoNT-A is unproven; the randomised hip trial found none at "
    "10 years; muscle loss after injection is documented. Not for treatment decisions."
)
