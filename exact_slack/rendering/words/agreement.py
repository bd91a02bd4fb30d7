"""Words that agree with their noun: "Facture payée", "Paiement payé" (French and Spanish). Which
nouns are feminine, their own row in `rendering/words/labels.py` says."""

_FEMININE = """
open | Ouverte | Abierta
processed | Traitée | Procesada
rejected | Rejetée | Rechazada
partly_received | Partiellement reçue | Parcialmente recibida
partial | Partielle | Parcial
complete | Complète | Completa
canceled | Annulée | Anulada
selected | Sélectionnée | Seleccionada
matched | Lettrée | Conciliada
submitted | Soumise | Enviada
final | Définitive | Definitiva
approved | Approuvée | Aprobada
automatic | Approuvée automatiquement | Aprobada automáticamente
paid | Payée | Pagada
paid_on | Payée le | Pagada el
settled | Soldée | Saldada
end_date | Soldée le | Saldada el
deleted | Supprimée dans Exact Online | Eliminada en Exact Online
changed | Modifiée | Modificada
changed_by | Modifiée par {name} | Modificada por {name}
numbered | Numérotée {value} | Numerada {value}
exception_overdue | en retard | vencida
overdue_since | en retard depuis le {date} | vencida desde el {date}
exception_rejected | rejetée | rechazada
"""

FEMININE: dict[str, dict[str, str]] = {"fr": {}, "es": {}}
"""Language to key to the form of a word that goes with a feminine noun, if it has one."""
for _row in _FEMININE.strip().splitlines():
    _key, _french, _spanish = (part.strip() for part in _row.split(" | "))
    FEMININE["fr"][_key], FEMININE["es"][_key] = _french, _spanish
