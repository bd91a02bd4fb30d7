"""The words of a close: each line brings its own, in every language; some all lines have."""

from decimal import Decimal

from exact_slack.documents.closing import Said
from exact_slack.rendering.words.labels import LANGUAGES, bound
from exact_slack.rendering.words.locale import Words

Table = dict[str, dict[str, str]]


def table(text: str) -> Table:
    """A row a word: its key, then the word in English, Dutch, German, French and Spanish."""
    table: Table = {}
    for row in text.strip().splitlines():
        key, *words = (part.strip() for part in row.split(" | "))
        by_language = zip(LANGUAGES, words, strict=True)
        table[key] = {language: bound(language, word) for language, word in by_language}
    return table


COMMON = table(
    """
scope_missing | Not known: tick {text} (read) for the app in Exact's App Center, then log in again. | Niet bekend: vink {text} (lezen) aan voor de app in het App Center van Exact en log opnieuw in. | Nicht bekannt: {text} (lesen) im App Center von Exact für die App ankreuzen, dann neu anmelden. | Inconnu : cochez {text} (lecture) pour l’application dans l’App Center d’Exact, puis reconnectez-vous. | No se sabe: marque {text} (lectura) para la aplicación en el App Center de Exact y vuelva a iniciar sesión.
refused | Not known: no right to {text}, or the package lacks the module. | Niet bekend: geen recht op {text}, of het pakket heeft de module niet. | Nicht bekannt: kein Recht auf {text}, oder dem Paket fehlt das Modul. | Inconnu : pas de droit sur {text}, ou le module manque au contrat. | No se sabe: sin permiso para {text}, o el paquete no tiene el módulo.
no_module | Not known: Exact says that the package lacks the module ({text}). | Niet bekend: volgens Exact heeft het pakket de module niet ({text}). | Nicht bekannt: laut Exact fehlt dem Paket das Modul ({text}). | Inconnu : selon Exact, le module manque au contrat ({text}). | No se sabe: según Exact, el paquete no tiene el módulo ({text}).
no_access | Not known: the login may not read this company. | Niet bekend: de login mag deze administratie niet lezen. | Nicht bekannt: die Anmeldung darf diese Firma nicht lesen. | Inconnu : la connexion ne peut pas lire cette société. | No se sabe: el acceso no permite leer esta empresa.
no_answer | Not known: Exact does not answer ({text}). | Niet bekend: Exact antwoordt niet ({text}). | Nicht bekannt: Exact antwortet nicht ({text}). | Inconnu : Exact ne répond pas ({text}). | No se sabe: Exact no responde ({text}).
odd_answer | Not known: Exact's answer cannot be read ({text}). | Niet bekend: het antwoord van Exact is onleesbaar ({text}). | Nicht bekannt: die Antwort von Exact ist nicht lesbar ({text}). | Inconnu : la réponse d’Exact est illisible ({text}). | No se sabe: la respuesta de Exact es ilegible ({text}).
differs | Not known: of account {text} ReportingBalance says {amount}, its transaction lines {other}. | Niet bekend: van rekening {text} zegt ReportingBalance {amount}, de boekingsregels {other}. | Nicht bekannt: zu Konto {text} sagt ReportingBalance {amount}, seine Buchungszeilen {other}. | Inconnu : pour le compte {text}, ReportingBalance indique {amount}, ses lignes d’écriture {other}. | No se sabe: de la cuenta {text} ReportingBalance dice {amount}, sus apuntes {other}.
unsteady | Not known: the balances changed while they were read. | Niet bekend: de saldi veranderden tijdens het lezen. | Nicht bekannt: die Salden änderten sich beim Lesen. | Inconnu : les soldes ont changé pendant la lecture. | No se sabe: los saldos cambiaron durante la lectura.
no_opening | Not known: Exact gives out no opening balance of {text}. | Niet bekend: Exact geeft geen openingsbalans van {text}. | Nicht bekannt: Exact gibt keine Eröffnungsbilanz von {text} heraus. | Inconnu : Exact ne fournit pas de bilan d’ouverture de {text}. | No se sabe: Exact no da el balance de apertura de {text}.
too_much | Not known: more than can be read in a morning ({text}). | Niet bekend: meer dan op een ochtend te lezen is ({text}). | Nicht bekannt: mehr, als an einem Morgen zu lesen ist ({text}). | Inconnu : plus que ce qui peut être lu en une matinée ({text}). | No se sabe: más de lo que se puede leer en una mañana ({text}).
"""  # noqa: E501 - one row a word reads better than wrapped ones
)


class LineWords:
    """The words of one line in one locale."""

    def __init__(self, own: Table, locale: str) -> None:
        self._own = own
        self._language = locale.partition("_")[0]
        self._words = Words(locale)

    def label(self, key: str) -> str:
        """A word of the line."""
        word = self._own.get(key) or COMMON[key]
        return word.get(self._language) or word["en"]

    def sentence(self, said: Said, currency: str) -> str:
        """What was said. A word for exactly one has `_one` behind its name."""
        key = said.word
        if said.n == 1 and f"{key}_one" in self._own:
            key += "_one"
        return self.label(key).format(
            n=said.n,
            amount=self._money(said.amount, currency),
            other=self._money(said.other, currency),
            day=self._words.date(said.day),
            text=said.text,
        )

    def _money(self, amount: Decimal | None, currency: str) -> str:
        return self._words.amount(amount, currency)
