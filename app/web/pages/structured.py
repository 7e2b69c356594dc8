"""What the page of a leak says to programs: schema.org's `Dataset`, as JSON-LD in the page.

The element that holds it is a data block: browsers decide that it is no script before they look at
the page's policy, so that `script-src` neither stops it nor has to be loosened for it (HTML,
"prepare the script element").
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.encoding import canonical_json
from app.lifecycle.history import News, first_published
from app.protocol.messages import Json
from app.protocol.parameters import DatasetParameters
from app.web.pages.guidance import Operator
from app.web.pages.languages import LANGUAGES, Language, Page


def dataset_of(
    dataset: DatasetParameters,
    news: Sequence[News],
    *,
    language: Language,
    site: str,
    description: str,
    operator: Operator,
) -> Json:
    """Return a dataset as schema.org has it.

    Args:
        dataset: what is published.
        news: what is known of its life.
        language: of the page.
        site: the site's address.
        description: what the file held, in that language.
        operator: who answers for the site.
    """
    page = site + language.path(Page.LEAK, dataset=dataset.dataset)
    published = first_published(news, dataset.dataset) or dataset.published_at
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": page,
        "url": page,
        "identifier": dataset.dataset,
        "name": dataset.title,
        "description": description,
        "inLanguage": [each.code for each in LANGUAGES],
        "datePublished": published.date().isoformat(),
        "dateModified": dataset.published_at.date().isoformat(),
        "expires": dataset.ends_on.isoformat(),
        "version": str(dataset.epoch),
        # The file itself is nobody's to have: what is here answers yes or no.
        "isAccessibleForFree": False,
        "publisher": {"@type": "Organization", "name": operator.name or "Concerné", "url": site},
        "variableMeasured": [
            _counted("rows", dataset.rows),
            *(_counted(scheme.scheme, scheme.entries) for scheme in dataset.schemes.values()),
        ],
    }


def data_block(document: Json) -> Markup:
    """Return a document as the inside of a data block, which no text of it can end."""
    text = canonical_json(document).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 nothing that markup is made of is left in it


def _counted(name: str, number: int) -> Json:
    return {"@type": "PropertyValue", "name": name, "value": number}
