"""Every word exact-slack says in a message: English, Dutch, German, French, Spanish."""

LANGUAGES = ("en", "nl", "de", "fr", "es")

_TABLE = """
sales_invoice | Sales invoice | Verkoopfactuur | Verkaufsrechnung | Facture de vente (f) | Factura de venta (f)
purchase_invoice | Purchase invoice | Inkoopfactuur | Einkaufsrechnung | Facture d’achat (f) | Factura de compra (f)
sales_entry | Sales entry | Verkoopboeking | Verkaufsbuchung | Écriture de vente (f) | Asiento de venta
purchase_entry | Purchase entry | Inkoopboeking | Einkaufsbuchung | Écriture d’achat (f) | Asiento de compra
purchase_order | Purchase order | Inkooporder | Bestellung | Commande d’achat (f) | Pedido de compra
journal_entry | Journal entry | Memoriaalboeking | Journalbuchung | Écriture de journal (f) | Asiento de diario
bank_entry | Bank entry | Bankboeking | Bankbuchung | Écriture de banque (f) | Asiento bancario
cash_entry | Cash entry | Kasboeking | Kassenbuchung | Écriture de caisse (f) | Asiento de caja
cost_transaction | Cost transaction | Kostenregistratie | Kostenbuchung | Saisie de coûts (f) | Registro de costes
bank_account | Bank account | Bankrekening | Bankkonto | Compte bancaire | Cuenta bancaria
receipt | Receipt | Ontvangst | Zahlungseingang | Encaissement | Cobro
payment | Payment | Betaling | Zahlung | Paiement | Pago
credit_note | Credit note | Creditnota | Gutschrift | Avoir | Nota de crédito (f)
supplier | Supplier | Leverancier | Lieferant | Fournisseur | Proveedor
customer | Customer | Klant | Kunde | Client | Cliente
account | Relation | Relatie | Geschäftspartner | Tiers | Relación
division | Company | Administratie | Firma | Société | Empresa
amount | Amount | Bedrag | Betrag | Montant | Importe
vat | VAT | Btw | MwSt. | TVA | IVA
date | Date | Datum | Datum | Date | Fecha
due_date | Due | Vervaldatum | Fällig | Échéance | Vencimiento
receipt_date | Expected | Verwacht | Erwartet | Attendue le | Prevista
reference | Reference | Referentie | Referenz | Référence | Referencia
description | Description | Omschrijving | Beschreibung | Description | Descripción
notes | Notes | Opmerkingen | Bemerkungen | Remarques | Notas
status | Status | Status | Status | Statut | Estado
status_code | Status | Status | Status | Statut | Estado
status_name | Status text | Statustekst | Statustext | Texte du statut | Texto del estado
approval_code | Approval | Goedkeuring | Freigabe | Approbation | Aprobación
receipt_code | Received | Ontvangen | Erhalten | Reçu | Recibido
invoice_code | Invoiced | Gefactureerd | Berechnet | Facturé | Facturado
journal | Journal | Dagboek | Journal | Journal | Diario
journal_name | Journal name | Dagboeknaam | Journalname | Nom du journal | Nombre del diario
number | Number | Nummer | Nummer | Numéro | Número
type_code | Type code | Typecode | Typcode | Code du type | Código de tipo
type_name | Type | Soort | Art | Type | Tipo
credit | Credit note | Creditnota | Gutschrift | Avoir | Nota de crédito
currency | Currency | Valuta | Währung | Devise | Divisa
amount_dc | Amount, company currency | Bedrag in eigen valuta | Betrag in Firmenwährung | Montant en devise société | Importe en divisa propia
opening_balance | Opening balance | Beginsaldo | Anfangssaldo | Solde initial | Saldo inicial
closing_balance | Closing balance | Eindsaldo | Endsaldo | Solde final | Saldo final
order_number | Order | Order | Auftrag | Commande | Pedido
project | Project | Project | Projekt | Projet | Proyecto
quantity | Quantity | Aantal | Menge | Quantité | Cantidad
received | Received | Ontvangen | Erhalten | Reçu | Recibido
unit_price | Unit price | Prijs per stuk | Einzelpreis | Prix unitaire | Precio unitario
item | Item | Artikel | Artikel | Article | Artículo
creator | Created by | Aangemaakt door | Erstellt von | Créé par | Creado por
document_id | Attached document | Gekoppeld document | Verknüpftes Dokument | Document lié | Documento vinculado
entry_id | Linked entry | Gekoppelde boeking | Verknüpfte Buchung | Écriture liée | Asiento vinculado
invoice_number | Invoice | Factuur | Rechnung | Facture | Factura
invoice_amount_dc | Invoice total | Factuurbedrag | Rechnungsbetrag | Total de la facture | Total de la factura
paid | Paid | Betaald | Bezahlt | Payé | Pagado
received_on | Received on | Ontvangen op | Erhalten am | Reçu le | Recibido el
settled | Settled | Afgeletterd | Ausgeglichen | Soldé | Saldado
credit_settled | Credit note {number} settled | Creditnota {number} afgeletterd | Gutschrift {number} ausgeglichen | Avoir {number} soldé | Nota de crédito {number} saldada
moved_by | Moved by | Mutatie | Veränderung | Variation | Variación
debit_total | Debit total | Totaal debet | Summe Soll | Total débit | Total debe
compared_amount | Turnover (what rules compare) | Mutaties (wat regels vergelijken) | Umsatz (was Regeln vergleichen) | Mouvements (ce que les règles comparent) | Movimientos (lo que comparan las reglas)
payee | Paid to | Betaald aan | Gezahlt an | Payé à | Pagado a
paid_from | Paid from | Betaald van | Gezahlt von | Payé depuis | Pagado desde
selected_by | Selected by | Geselecteerd door | Ausgewählt von | Sélectionné par | Seleccionado por
account_number | Account number | Rekeningnummer | Kontonummer | Numéro de compte | Número de cuenta
holder | Holder | Tenaamstelling | Inhaber | Titulaire | Titular
bic | BIC | BIC | BIC | BIC | BIC
main | Main account | Hoofdrekening | Hauptkonto | Compte principal | Cuenta principal
blocked | Blocked | Geblokkeerd | Gesperrt | Bloqué | Bloqueada
modifier | Changed by | Gewijzigd door | Geändert von | Modifié par | Modificado por
paid_on | Paid on | Betaald op | Bezahlt am | Payé le | Pagado el
end_date | Settled on | Afgeletterd op | Ausgeglichen am | Soldé le | Saldado el
open_amount | Still open | Nog open | Noch offen | Reste dû | Pendiente
open_amount_dc | Still open, company currency | Nog open in eigen valuta | Noch offen in Firmenwährung | Reste dû en devise société | Pendiente en divisa propia
of_total | of | van | von | sur | de
booked_as | Booked as | Geboekt als | Gebucht als | Comptabilisé sous | Contabilizado como
gl_account | G/L account | Grootboek | Sachkonto | Compte | Cuenta
gl_account_name | G/L account name | Grootboeknaam | Sachkontoname | Nom du compte | Nombre de la cuenta
cost_center | Cost center | Kostenplaats | Kostenstelle | Centre de coûts | Centro de coste
cost_center_name | Cost center name | Kostenplaatsnaam | Kostenstellenname | Nom du centre de coûts | Nombre del centro de coste
cost_unit | Cost unit | Kostendrager | Kostenträger | Unité de coût | Unidad de coste
cost_unit_name | Cost unit name | Kostendragernaam | Kostenträgername | Nom de l’unité de coût | Nombre de la unidad de coste
our_ref | Our reference | Onze referentie | Unsere Referenz | Notre référence | Nuestra referencia
debit | Debit | Debet | Soll | Débit | Debe
credit_side | Credit | Credit | Haben | Crédit | Haber
per_cost_center | Per cost center | Per kostenplaats | Je Kostenstelle | Par centre de coûts | Por centro de coste
no_cost_center | without cost center | zonder kostenplaats | ohne Kostenstelle | sans centre de coûts | sin centro de coste
more_lines | … and {n} more lines, total {total} | … en nog {n} regels, totaal {total} | … und {n} weitere Zeilen, Summe {total} | … et {n} autres lignes, total {total} | … y {n} líneas más, total {total}
more_line | … and 1 more line, total {total} | … en nog 1 regel, totaal {total} | … und 1 weitere Zeile, Summe {total} | … et 1 autre ligne, total {total} | … y 1 línea más, total {total}
more_sides | … and {n} more, debit {debit}, credit {credit} | … en nog {n}, debet {debit}, credit {credit} | … und {n} weitere, Soll {debit}, Haben {credit} | … et {n} de plus, débit {debit}, crédit {credit} | … y {n} más, debe {debit}, haber {credit}
more_centers | … and {n} more {total} | … en nog {n} {total} | … und {n} weitere {total} | … et {n} autres {total} | … y {n} más {total}
exception | Noticed | Opgevallen | Auffällig | À noter | Atención
exception_no_cost_center | no cost center | geen kostenplaats | keine Kostenstelle | aucun centre de coûts | sin centro de coste
exception_duplicate_reference | reference used before | referentie al eerder gebruikt | Referenz schon einmal verwendet | référence déjà utilisée | referencia ya utilizada
exception_new_supplier | new supplier | nieuwe leverancier | neuer Lieferant | nouveau fournisseur | proveedor nuevo
exception_unusual_amount | unusual amount | ongewoon bedrag | ungewöhnlicher Betrag | montant inhabituel | importe inusual
exception_due_soon | due soon | vervalt binnenkort | bald fällig | échéance proche | vence pronto
exception_overdue | overdue | vervallen | überfällig | en retard | vencido
exception_rejected | rejected | afgekeurd | abgelehnt | rejeté | rechazado
exception_duplicate_invoice | entered twice | dubbel geboekt | doppelt erfasst | saisi deux fois | registrado dos veces
exception_below_limit | just below a limit | net onder een grens | knapp unter einer Grenze | juste sous une limite | justo por debajo de un límite
exception_dormant_supplier | supplier after a long pause | leverancier na lange pauze | Lieferant nach langer Pause | fournisseur après une longue pause | proveedor tras una larga pausa
exception_awaiting_approval | awaits approval | wacht op goedkeuring | wartet auf Freigabe | en attente d’approbation | pendiente de aprobación
exception_backdated | backdated | teruggedateerd | rückdatiert | antidaté | antedatado
compared_twin | {number} of {day} | {number} van {day} | {number} vom {day} | {number} du {day} | {number} del {day}
compared_twin_paid | {number} was paid on {day} | {number} is betaald op {day} | {number} wurde am {day} bezahlt | {number} a été payé le {day} | {number} se pagó el {day}
compared_limit | limit {amount} | grens {amount} | Grenze {amount} | limite {amount} | límite {amount}
compared_last_one | the last one of {day} | de vorige van {day} | die letzte vom {day} | la dernière du {day} | la última del {day}
compared_dated | dated {day}, entered {entered} | datum {day}, ingevoerd {entered} | Datum {day}, erfasst {entered} | daté du {day}, saisi le {entered} | con fecha {day}, registrado el {entered}
exception_payee_changed | account of the payee changed | rekening van de begunstigde gewijzigd | Konto des Empfängers geändert | compte du bénéficiaire modifié | cuenta del beneficiario cambiada
exception_shared_payee | account of two suppliers | rekening van twee leveranciers | Konto zweier Lieferanten | compte de deux fournisseurs | cuenta de dos proveedores
exception_no_order | no order | geen order | keine Bestellung | sans commande | sin pedido
exception_over_order | more than ordered | meer dan besteld | mehr als bestellt | plus que commandé | más de lo pedido
exception_not_received | not received | niet ontvangen | nicht erhalten | non reçu | no recibido
exception_over_credit | over the credit line | boven de kredietlimiet | über der Kreditlinie | au-delà de la limite de crédit | por encima del límite de crédito
compared_twin_in | {number} of {day} in {company} | {number} van {day} in {company} | {number} vom {day} in {company} | {number} du {day} chez {company} | {number} del {day} en {company}
compared_paid_already | about to be paid although {number} was paid on {day} | wordt betaald terwijl {number} al betaald is op {day} | wird bezahlt, obwohl {number} am {day} bezahlt wurde | sur le point d’être payé alors que {number} a été payé le {day} | a punto de pagarse aunque {number} se pagó el {day}
compared_closed | dated {day}, in a period that is closed ({period}) | datum {day}, in een afgesloten periode ({period}) | Datum {day}, in einer geschlossenen Periode ({period}) | daté du {day}, dans une période clôturée ({period}) | con fecha {day}, en un período cerrado ({period})
compared_named_orders | {named} of the latest {of} named one | {named} van de laatste {of} noemden er een | {named} der letzten {of} nannten eine | {named} des {of} dernières en citaient une | {named} de las últimas {of} lo indicaban
compared_order_left | order {number}: {left} left, {billed} billed | order {number}: nog {left}, {billed} gefactureerd | Bestellung {number}: noch {left}, {billed} berechnet | commande {number} : reste {left}, {billed} facturé | pedido {number}: quedan {left}, {billed} facturado
compared_order_price | order {number}: price {price}, {billed} billed | order {number}: prijs {price}, {billed} gefactureerd | Bestellung {number}: Preis {price}, {billed} berechnet | commande {number} : prix {price}, {billed} facturé | pedido {number}: precio {price}, {billed} facturado
compared_order_received | order {number}: {left} received and not billed yet, {billed} billed | order {number}: {left} ontvangen en nog niet gefactureerd, {billed} gefactureerd | Bestellung {number}: {left} erhalten und noch nicht berechnet, {billed} berechnet | commande {number} : {left} reçu et pas encore facturé, {billed} facturé | pedido {number}: {left} recibido y aún no facturado, {billed} facturado
compared_credit_line | {open} open, credit line {line} | {open} open, kredietlimiet {line} | {open} offen, Kreditlinie {line} | {open} ouvert, limite de crédit {line} | {open} abierto, límite de crédito {line}
compared_payee | account {account} | rekening {account} | Konto {account} | compte {account} | cuenta {account}
compared_last_paid | account {account}, last paid on {other} until {day} | rekening {account}, eerder betaald op {other} tot {day} | Konto {account}, zuletzt bezahlt auf {other} bis {day} | compte {account}, payé jusqu’au {day} sur {other} | cuenta {account}, pagado hasta el {day} en {other}
compared_card_was | was {was} | was {was} | war {was} | était {was} | era {was}
compared_card_changed | changed {day} | gewijzigd {day} | geändert am {day} | modifié le {day} | cambiada el {day}
compared_card_changed_by | changed {day} by {name} | gewijzigd {day} door {name} | geändert am {day} von {name} | modifié le {day} par {name} | cambiada el {day} por {name}
compared_shared | {account} is also that of {name} | {account} is ook die van {name} | {account} ist auch das von {name} | {account} est aussi celui de {name} | {account} es también la de {name}
overdue_since | overdue since {date} | vervallen sinds {date} | überfällig seit {date} | en retard depuis le {date} | vencido desde el {date}
became_overdue_today | {n} became overdue today, {total} | {n} vandaag over de vervaldatum gegaan, {total} | {n} heute überfällig geworden, {total} | {n} à échéance dépassée aujourd’hui, {total} | {n} con vencimiento superado hoy, {total}
became_overdue | {n} became overdue, {total} | {n} over de vervaldatum gegaan, {total} | {n} überfällig geworden, {total} | {n} à échéance dépassée, {total} | {n} con vencimiento superado, {total}
became_due_soon | {n} due soon, {total} | {n} binnenkort te betalen, {total} | {n} bald fällig, {total} | {n} à échéance proche, {total} | {n} con vencimiento próximo, {total}
resolved | resolved | opgelost | erledigt | résolu | resuelto
compared_other | {number} | {number} | {number} | {number} | {number}
compared_usual | usually {amount} | meestal {amount} | sonst meist {amount} | d’ordinaire {amount} | normalmente {amount}
more_change | … and 1 more change | … en nog 1 wijziging | … und 1 weitere Änderung | … et 1 autre modification | … y 1 cambio más
more_changes | … and {n} more changes | … en nog {n} wijzigingen | … und {n} weitere Änderungen | … et {n} autres modifications | … y {n} cambios más
lines_of | {n} lines | {n} regels | {n} Zeilen | {n} lignes | {n} líneas
lines_changed | {n} lines changed | {n} regels gewijzigd | {n} Zeilen geändert | {n} lignes modifiées | {n} líneas modificadas
payment_run | Payment run | Betaalrun | Zahlungslauf | Campagne de paiement | Remesa de pagos
run_payments | {n} payments | {n} betalingen | {n} Zahlungen | {n} paiements | {n} pagos
run_payment | 1 payment | 1 betaling | 1 Zahlung | 1 paiement | 1 pago
run_paid | paid | betaald | bezahlt | payé | pagado
run_taken_back | taken back | teruggenomen | zurückgenommen | annulée | retirada
run_moved | now in another run | nu in een andere run | jetzt in einem anderen Lauf | passée dans une autre campagne | ahora en otra remesa
payment_selected | selected | geselecteerd | ausgewählt | sélectionné | seleccionado
payment_sent | sent to the bank | naar de bank gestuurd | an die Bank gesendet | envoyé à la banque | enviado al banco
payment_selected_n | {n} selected | {n} geselecteerd | {n} ausgewählt | {n} sélectionnés | {n} seleccionados
payment_sent_n | {n} sent to the bank | {n} naar de bank gestuurd | {n} an die Bank gesendet | {n} envoyés à la banque | {n} enviados al banco
run_paid_n | {n} paid | {n} betaald | {n} bezahlt | {n} payés | {n} pagados
line | Line | Regel | Zeile | Ligne | Línea
added | added | toegevoegd | hinzugefügt | ajoutée | añadida
removed | removed | verwijderd | entfernt | supprimée | eliminada
changed | Changed | Gewijzigd | Geändert | Modifié | Modificado
is_changed | changed | gewijzigd | geändert | modifié | modificado
deleted | Deleted in Exact Online | Verwijderd in Exact Online | In Exact Online gelöscht | Supprimé dans Exact Online | Eliminado en Exact Online
numbered | Numbered {value} | Genummerd {value} | Nummeriert als {value} | Numéroté {value} | Numerado {value}
value_added | {value} added | {value} toegevoegd | {value} hinzugefügt | {value} (ajout) | se añade {value}
value_removed | {value} removed | {value} verwijderd | {value} entfernt | {value} (suppression) | se quita {value}
changed_by | Changed by {name} | Gewijzigd door {name} | Geändert von {name} | Modifié par {name} | Modificado por {name}
open_company | Company in Exact Online | Administratie in Exact Online | Firma in Exact Online | Société dans Exact Online | Empresa en Exact Online
exact_online | Exact Online | Exact Online | Exact Online | Exact Online | Exact Online
open_link | Open in Exact Online | Openen in Exact Online | In Exact Online öffnen | Ouvrir dans Exact Online | Abrir en Exact Online
nothing | nothing | niets | nichts | rien | nada
yes | yes | ja | ja | oui | sí
no | no | nee | nein | non | no
draft | Draft | Concept | Entwurf | Brouillon | Borrador
open | Open | Open | Offen | Ouvert | Abierto
processed | Processed | Verwerkt | Verarbeitet | Traité | Procesado
rejected | Rejected | Afgekeurd | Abgelehnt | Rejeté | Rechazado
not_yet | not yet | nog niet | noch nicht | pas encore | todavía no
partly | partly | deels | teilweise | en partie | en parte
in_full | in full | volledig | vollständig | en totalité | por completo
partly_received | Partly received | Deels ontvangen | Teilweise erhalten | Partiellement reçu | Parcialmente recibido
partial | Partly | Gedeeltelijk | Teilweise | Partiel | Parcial
complete | Complete | Volledig | Vollständig | Complet | Completo
canceled | Canceled | Geannuleerd | Storniert | Annulé | Anulado
selected | Selected | Geselecteerd | Ausgewählt | Sélectionné | Seleccionado
matched | Matched | Afgeletterd | Ausgeglichen | Lettré | Conciliado
submitted | Submitted | Ingediend | Eingereicht | Soumis | Enviado
failed on approval | Failed on approval | Goedkeuring mislukt | Freigabe fehlgeschlagen | Échec de l’approbation | Error al aprobar
processing | Processing | In verwerking | In Verarbeitung | En cours | En proceso
failed while undoing approval | Failed while undoing approval | Terugdraaien mislukt | Rücknahme fehlgeschlagen | Échec de l’annulation | Error al deshacer
final | Final | Definitief | Endgültig | Définitif | Definitivo
awaiting | Awaiting approval | Wacht op goedkeuring | Wartet auf Freigabe | En attente d’approbation | Pendiente de aprobación
automatic | Approved automatically | Automatisch goedgekeurd | Automatisch freigegeben | Approuvé automatiquement | Aprobado automáticamente
approved | Approved | Goedgekeurd | Freigegeben | Approuvé | Aprobado
file_too_large | {name} is larger than {limit} MB and stays in Exact Online. | {name} is groter dan {limit} MB en blijft in Exact Online. | {name} ist größer als {limit} MB und bleibt in Exact Online. | {name} dépasse {limit} Mo et reste dans Exact Online. | {name} supera los {limit} MB y se queda en Exact Online.
file_unreadable | {name} cannot be fetched from Exact Online. | {name} kan niet uit Exact Online worden gehaald. | {name} kann nicht aus Exact Online geholt werden. | {name} ne peut pas être récupéré depuis Exact Online. | {name} no se puede obtener de Exact Online.
file_refused | Slack does not take {name} ({detail}). | Slack neemt {name} niet aan ({detail}). | Slack nimmt {name} nicht an ({detail}). | Slack n’accepte pas {name} ({detail}). | Slack no acepta {name} ({detail}).
file_elsewhere | {name} stands in another thread of this channel. | {name} staat in een andere thread van dit kanaal. | {name} steht in einem anderen Thread dieses Channels. | {name} se trouve dans un autre fil de ce canal. | {name} está en otro hilo de este canal.
list_refused | The list of all documents could not be attached: {detail}. | De lijst met alle documenten kon niet worden bijgevoegd: {detail}. | Die Liste aller Belege konnte nicht angehängt werden: {detail}. | La liste de tous les documents n’a pas pu être jointe : {detail}. | No se pudo adjuntar la lista de todos los documentos: {detail}.
digest_day | Daily digest | Dagoverzicht | Tagesübersicht | Récapitulatif du jour | Resumen diario
digest_week | Weekly digest | Weekoverzicht | Wochenübersicht | Récapitulatif de la semaine | Resumen semanal
digest_month | Monthly digest | Maandoverzicht | Monatsübersicht | Récapitulatif du mois | Resumen mensual
kind | Kind | Soort | Belegart | Nature | Clase
documents | {n} documents | {n} documenten | {n} Belege | {n} documents | {n} documentos
document | 1 document | 1 document | 1 Beleg | 1 document | 1 documento
documents_head | Documents | Documenten | Belege | Documents | Documentos
total | Total | Totaal | Summe | Total | Total
largest | Largest | Grootste | Größte | Les plus importants | Los mayores
folded | {n} more | Nog {n} | {n} weitere | {n} de plus | {n} más
more_documents | … and {n} more | … en nog {n} | … und {n} weitere | … et {n} de plus | … y {n} más
more_rows | … and {n} more rows | … en nog {n} regels | … und {n} weitere Zeilen | … et {n} lignes de plus | … y {n} filas más
not_counted | Not counted | Niet meegeteld | Nicht gezählt | Non compté | No contado
digest_deleted | Deleted, not counted | Verwijderd, niet meegeteld | Gelöscht, nicht gezählt | Supprimés, non comptés | Eliminados, no contados
digest_changed | Changed since an earlier digest, not counted again | Gewijzigd na een eerder overzicht, niet opnieuw meegeteld | Seit einer früheren Übersicht geändert, nicht erneut gezählt | Modifiés depuis un récapitulatif antérieur, non recomptés | Cambiados desde un resumen anterior, no contados de nuevo
digest_late | Of an earlier period, not counted here | Van een eerdere periode, hier niet meegeteld | Aus einem früheren Zeitraum, hier nicht gezählt | D’une période antérieure, non comptés ici | De un período anterior, no contados aquí
digest_seen | Counted: what was first seen in this time. Amounts include VAT; credit notes are subtracted. | Geteld: wat in deze tijd voor het eerst werd gezien. Bedragen zijn inclusief btw; creditnota’s zijn afgetrokken. | Gezählt: was in dieser Zeit zuerst gesehen wurde. Beträge mit MwSt.; Gutschriften sind abgezogen. | Compté : ce qui a été vu pour la première fois dans ce délai. Montants TVA comprise ; avoirs déduits. | Contado: lo que se vio por primera vez en este tiempo. Importes con IVA; notas de crédito restadas.
digest_period | Counted: what belongs to {begin} – {end}. Amounts include VAT; credit notes are subtracted. | Geteld: wat hoort bij {begin} – {end}. Bedragen zijn inclusief btw; creditnota’s zijn afgetrokken. | Gezählt: was zu {begin} – {end} gehört. Beträge mit MwSt.; Gutschriften sind abgezogen. | Compté : ce qui relève du {begin} – {end}. Montants TVA comprise ; avoirs déduits. | Contado: lo que corresponde a {begin} – {end}. Importes con IVA; notas de crédito restadas.
digest_before | Compared with {begin} – {end} | Vergeleken met {begin} – {end} | Verglichen mit {begin} – {end} | Comparé à {begin} – {end} | Comparado con {begin} – {end}
digest_against | {now}; before {then}; difference {difference} | {now}; daarvoor {then}; verschil {difference} | {now}; zuvor {then}; Unterschied {difference} | {now} ; avant {then} ; écart {difference} | {now}; antes {then}; diferencia {difference}
net | Net | Netto | Netto | Net | Neto
in_company | in company currency {total} | in eigen valuta {total} | in Firmenwährung {total} | en devise société {total} | en divisa propia {total}
not_in_company | {n} without | {n} zonder | {n} ohne | {n} sans | {n} sin
of_which_credit | credit notes: {n}, {total} | creditnota’s: {n}, {total} | Gutschriften: {n}, {total} | avoirs : {n}, {total} | notas de crédito: {n}, {total}
more_companies | … and {n} more | … en nog {n} | … und {n} weitere | … et {n} de plus | … y {n} más
vat_rate | VAT % | Btw % | MwSt. % | TVA % | IVA %
period | Period | Periode | Periode | Période | Período
link | Link | Link | Link | Lien | Enlace
digest_silenced | Held back for a later digest | Vastgehouden voor een later overzicht | Für eine spätere Übersicht zurückgehalten | Retenus pour un récapitulatif ultérieur | Retenidos para un resumen posterior
digest_waiting | Messages that wait for a person (exact-slack status says why) | Berichten die op een mens wachten (exact-slack status zegt waarom) | Nachrichten, die auf einen Menschen warten (exact-slack status sagt warum) | Messages en attente d’une personne (exact-slack status dit pourquoi) | Mensajes que esperan a una persona (exact-slack status dice por qué)
digest_list | Every document is in the list in the thread. | Elk document staat in de lijst in de thread. | Jeder Beleg steht in der Liste im Thread. | Chaque document figure dans la liste du fil. | Cada documento está en la lista del hilo.
shares_currency | Currency of the cost center | Valuta van de kostenplaats | Währung der Kostenstelle | Devise du centre de coûts | Divisa del centro de coste
company_currency | Company currency | Eigen valuta | Firmenwährung | Devise de la société | Divisa propia
remark | Remark | Opmerking | Bemerkung | Remarque | Observación
told_before | Told before | Eerder gemeld | Früher gemeldet | Annoncé avant | Comunicado antes
account_code | Relation code | Relatiecode | Code des Geschäftspartners | Code du tiers | Código de la relación
division_code | Company number | Administratienummer | Firmennummer | Numéro de société | Número de empresa
key | Key | Sleutel | Schlüssel | Clé | Clave
flood | {n} more documents are held back, because more than {limit} at once would bury this channel; exact-slack replay --held releases them. | Nog {n} documenten worden vastgehouden, omdat meer dan {limit} tegelijk dit kanaal zouden bedelven; exact-slack replay --held geeft ze vrij. | {n} weitere Dokumente werden zurückgehalten, weil mehr als {limit} auf einmal diesen Kanal überfluten würden; exact-slack replay --held gibt sie frei. | {n} autres documents sont retenus, car plus de {limit} à la fois noieraient ce canal ; exact-slack replay --held les libère. | Se retienen {n} documentos más, porque más de {limit} a la vez inundarían este canal; exact-slack replay --held los libera.
flood_one | 1 more document is held back, because more than {limit} at once would bury this channel; exact-slack replay --held releases it. | Nog 1 document wordt vastgehouden, omdat meer dan {limit} tegelijk dit kanaal zouden bedelven; exact-slack replay --held geeft het vrij. | 1 weiteres Dokument wird zurückgehalten, weil mehr als {limit} auf einmal diesen Kanal überfluten würden; exact-slack replay --held gibt es frei. | 1 autre document est retenu, car plus de {limit} à la fois noieraient ce canal ; exact-slack replay --held le libère. | Se retiene 1 documento más, porque más de {limit} a la vez inundarían este canal; exact-slack replay --held lo libera.
report_aging_receivable | Open receivables | Openstaande debiteuren | Offene Forderungen | Créances ouvertes | Cobros pendientes
report_aging_payable | Open payables | Openstaande crediteuren | Offene Verbindlichkeiten | Dettes ouvertes | Pagos pendientes
report_aging | Open receivables and payables | Openstaande debiteuren en crediteuren | Offene Forderungen und Verbindlichkeiten | Créances et dettes ouvertes | Cobros y pagos pendientes
report_due_receivable | Receivables falling due | Debiteuren die vervallen | Fällig werdende Forderungen | Créances à échoir | Cobros que vencen
report_due_payable | Payables falling due | Crediteuren die vervallen | Fällig werdende Verbindlichkeiten | Dettes à échoir | Pagos que vencen
report_due | Receivables and payables falling due | Debiteuren en crediteuren die vervallen | Fällig werdende Forderungen und Verbindlichkeiten | Créances et dettes à échoir | Cobros y pagos que vencen
report_cash | Cash position | Kaspositie | Liquidität | Trésorerie | Tesorería
receivable | Receivable | Te ontvangen | Forderung | À recevoir | Por cobrar
payable | Payable | Te betalen | Verbindlichkeit | À payer | Por pagar
side | Side | Kant | Seite | Sens | Sentido
overdue | Overdue | Achterstallig | Überfällig | En retard | Vencido
bucket | Age | Ouderdom | Alter | Âge | Antigüedad
days_overdue | Days overdue | Dagen te laat | Tage überfällig | Jours de retard | Días de retraso
open_terms | {n} open terms | {n} openstaande posten | {n} offene Posten | {n} postes ouverts | {n} partidas abiertas
open_term | 1 open term | 1 openstaande post | 1 offener Posten | 1 poste ouvert | 1 partida abierta
not_due | Not due | Niet vervallen | Nicht fällig | Non échu | No vencido
d1_30 | 1 to 30 days | 1 t/m 30 dagen | 1 bis 30 Tage | 1 à 30 jours | 1 a 30 días
d31_60 | 31 to 60 days | 31 t/m 60 dagen | 31 bis 60 Tage | 31 à 60 jours | 31 a 60 días
d61_90 | 61 to 90 days | 61 t/m 90 dagen | 61 bis 90 Tage | 61 à 90 jours | 61 a 90 días
over_90 | Over 90 days | Meer dan 90 dagen | Über 90 Tage | Plus de 90 jours | Más de 90 días
next_7 | Within 7 days | Binnen 7 dagen | Innerhalb 7 Tagen | Sous 7 jours | En 7 días
next_14 | Within 14 days | Binnen 14 dagen | Innerhalb 14 Tagen | Sous 14 jours | En 14 días
next_30 | Within 30 days | Binnen 30 dagen | Innerhalb 30 Tagen | Sous 30 jours | En 30 días
term_invoice | Invoice | Factuur | Rechnung | Facture | Factura
term_credit | Credit | Credit | Gutschrift | Avoir | Abono
term_payment | Not matched payment | Niet-afgeletterde betaling | Nicht zugeordnete Zahlung | Paiement non lettré | Pago no conciliado
term_other | Other | Overig | Sonstiges | Autre | Otro
own_currency | Invoice currency | Factuurvaluta | Rechnungswährung | Devise de la facture | Divisa de la factura
own_amount | Amount, invoice currency | Bedrag in factuurvaluta | Betrag in Rechnungswährung | Montant en devise de la facture | Importe en divisa de la factura
ties | The sum is that of Exact's overview. | De som is die van het overzicht van Exact. | Die Summe ist die der Übersicht von Exact. | La somme est celle de l’aperçu d’Exact. | La suma es la del resumen de Exact.
ties_not | Exact's overview says {exact}: {difference} more here. | Het overzicht van Exact zegt {exact}: hier {difference} meer. | Die Übersicht von Exact sagt {exact}: hier {difference} mehr. | L’aperçu d’Exact indique {exact} : ici {difference} de plus. | El resumen de Exact dice {exact}: aquí {difference} más.
ties_less | Exact's overview says {exact}: {difference} less here. | Het overzicht van Exact zegt {exact}: hier {difference} minder. | Die Übersicht von Exact sagt {exact}: hier {difference} weniger. | L’aperçu d’Exact indique {exact} : ici {difference} de moins. | El resumen de Exact dice {exact}: aquí {difference} menos.
ties_unknown | Not compared with Exact's overview. | Niet vergeleken met het overzicht van Exact. | Nicht mit der Übersicht von Exact verglichen. | Non comparé à l’aperçu d’Exact. | No comparado con el resumen de Exact.
lacking_comparison | Comparison with Exact's overview | Vergelijking met het overzicht van Exact | Vergleich mit der Übersicht von Exact | Comparaison avec l’aperçu d’Exact | Comparación con el resumen de Exact
lacking_kinds | Which terms are credits or payments | Welke posten credits of betalingen zijn | Welche Posten Gutschriften oder Zahlungen sind | Quels postes sont des avoirs ou des paiements | Qué partidas son abonos o pagos
because_no_access | not read; the login has no access to this company. | niet gelezen; de login heeft geen toegang tot deze administratie. | nicht gelesen; die Anmeldung hat keinen Zugriff auf diese Firma. | non lu ; la connexion n’a pas accès à cette société. | sin leer; el usuario no tiene acceso a esta empresa.
because_blocked | not read; the user who logged in is blocked or inactive. | niet gelezen; de ingelogde gebruiker is geblokkeerd of inactief. | nicht gelesen; der angemeldete Benutzer ist gesperrt oder inaktiv. | non lu ; l’utilisateur connecté est bloqué ou inactif. | sin leer; el usuario conectado está bloqueado o inactivo.
because_not_licensed | not read; the Exact licence does not cover it. | niet gelezen; de Exact-licentie dekt dit niet. | nicht gelesen; die Exact-Lizenz umfasst das nicht. | non lu ; la licence Exact ne le couvre pas. | sin leer; la licencia de Exact no lo incluye.
because_no_right | not read; Exact does not allow it. It needs "{scope}" (read) in Exact's App Center, and the user's rights. | niet gelezen; Exact staat het niet toe. Nodig: "{scope}" (lezen) in het App Center van Exact, en de rechten van de gebruiker. | nicht gelesen; Exact erlaubt es nicht. Nötig: "{scope}" (lesen) im App Center von Exact, und die Rechte des Benutzers. | non lu ; Exact ne le permet pas. Il faut "{scope}" (lecture) dans l’App Center d’Exact, et les droits de l’utilisateur. | sin leer; Exact no lo permite. Hace falta "{scope}" (lectura) en el App Center de Exact, y los derechos del usuario.
because_refused | not read; Exact refuses it (status {status}). | niet gelezen; Exact weigert het (status {status}). | nicht gelesen; Exact lehnt es ab (Status {status}). | non lu ; Exact le refuse (statut {status}). | sin leer; Exact lo rechaza (estado {status}).
because_unanswered | not read; Exact did not answer. | niet gelezen; Exact gaf geen antwoord. | nicht gelesen; Exact hat nicht geantwortet. | non lu ; Exact n’a pas répondu. | sin leer; Exact no respondió.
because_changed | not known; it changed while it was read. | niet bekend; het veranderde tijdens het lezen. | nicht bekannt; sie änderte sich während des Lesens. | inconnue ; l’aperçu a changé pendant la lecture. | no se sabe; cambió durante la lectura.
since_last | Since {day} | Sinds {day} | Seit {day} | Depuis le {day} | Desde el {day}
newly_overdue | Newly overdue | Nieuw te laat | Neu überfällig | Nouvellement en retard | Recién vencido
change_paid | Paid | Betaald | Bezahlt | Payé | Pagado
partly_paid | Partly paid | Deels betaald | Teilweise bezahlt | Partiellement payé | Pagado en parte
moved_on | Later still | Nog later | Noch später | Encore plus en retard | Aún más tarde
first_time_late | Late for the first time | Voor het eerst te laat | Zum ersten Mal zu spät | En retard pour la première fois | Con retraso por primera vez
most_moved | Changed most | Meest veranderd | Am meisten verändert | A le plus changé | Lo que más cambió
no_account | (no relation) | (geen relatie) | (kein Geschäftspartner) | (aucun tiers) | (sin relación)
bank | Bank | Bank | Bank | Banque | Banco
not_processed | not processed | niet verwerkt | nicht verarbeitet | non traité | no procesado
balance_on | {balance} on {day} | {balance} op {day} | {balance} am {day} | {balance} au {day} | {balance} el {day}
week | Week | Week | Woche | Semaine | Semana
cash_in | In | In | Ein | Entrées | Entradas
cash_out | Out | Uit | Aus | Sorties | Salidas
unfinished | {n} are unfinished | {n} zijn niet afgehandeld | {n} sind nicht erledigt | {n} ne sont pas traités | {n} sin resolver
unfinished_one | 1 is unfinished | 1 is niet afgehandeld | 1 ist nicht erledigt | 1 n’est pas traité | 1 sin resolver
nobody_took | Nobody has taken this yet | Niemand heeft dit nog opgepakt | Das hat noch niemand übernommen | Personne ne s’en est encore chargé | Nadie se ha hecho cargo todavía
item_open | Open | Open | Offen | Ouvert | Abierto
item_paid | it was paid nevertheless | toch betaald | wurde trotzdem bezahlt | payé malgré tout | se pagó de todos modos
item_taken | Taken by | Opgepakt door | Übernommen von | Pris en charge par | A cargo de
item_later | Later | Later | Später | Plus tard | Más tarde
item_until | {name}, until {moment} | {name}, tot {moment} | {name}, bis {moment} | {name}, jusqu’au {moment} | {name}, hasta {moment}
item_done | Done by | Afgehandeld door | Erledigt von | Traité par | Resuelto por
item_dismissed | False alarm, says | Vals alarm, zegt | Fehlalarm, sagt | Fausse alerte, selon | Falsa alarma, según
item_settled | Settled | Opgelost | Erledigt | Réglé | Resuelto
item_settled_in | in Exact Online | in Exact Online | in Exact Online | dans Exact Online | en Exact Online
button_take | Take | Oppakken | Übernehmen | Prendre en charge | Hacerme cargo
button_done | Done | Afgehandeld | Erledigt | Traité | Resuelto
button_give_back | Give back | Teruggeven | Zurückgeben | Rendre | Devolver
button_reopen | Reopen | Heropenen | Wieder öffnen | Rouvrir | Reabrir
click_late | That click came too late and changed nothing | Die klik kwam te laat en heeft niets veranderd | Dieser Klick kam zu spät und hat nichts geändert | Ce clic est arrivé trop tard et n’a rien changé | Ese clic llegó demasiado tarde y no cambió nada
click_void | Nobody looks after this message any more, so that click changed nothing | Dit bericht wordt niet meer bijgehouden; die klik heeft niets veranderd | Diese Nachricht wird nicht mehr verfolgt; dieser Klick hat nichts geändert | Ce message n’est plus suivi ; ce clic n’a rien changé | Este mensaje ya no se sigue; ese clic no cambió nada
report_list | Every open term is in the list in the thread. | Elke openstaande post staat in de lijst in de thread. | Jeder offene Posten steht in der Liste im Thread. | Chaque poste ouvert figure dans la liste du fil. | Cada partida abierta está en la lista del hilo.
close | Period close | Periodeafsluiting | Periodenabschluss | Clôture de période | Cierre de período
close_is_ready | Ready | Klaar | Fertig | Prêt | Listo
close_is_not_ready | Not ready | Niet klaar | Nicht fertig | Pas prêt | No listo
close_green | {n} of {of} lines are green | {n} van {of} regels zijn groen | {n} von {of} Zeilen sind grün | {n} lignes sur {of} sont vertes | {n} de {of} líneas en verde
close_said_ready | {what}: ready, every line is green. | {what}: klaar, elke regel is groen. | {what}: fertig, jede Zeile ist grün. | {what} : prêt, chaque ligne est verte. | {what}: listo, todas las líneas están en verde.
close_journal | The invoice journal of the period is in this thread: {n} lines. | Het factuurjournaal van de periode staat in deze thread: {n} regels. | Das Rechnungsjournal der Periode steht in diesem Thread: {n} Zeilen. | Le journal des factures de la période est dans ce fil : {n} lignes. | El diario de facturas del período está en este hilo: {n} líneas.
close_tick | Tick it with a check mark (white_check_mark) on this reply. | Vink het af met een vinkje (white_check_mark) op dit antwoord. | Mit einem Häkchen (white_check_mark) auf dieser Antwort abhaken. | Cochez avec une coche (white_check_mark) sur cette réponse. | Márquelo con una marca (white_check_mark) en esta respuesta.
report_rest | … and {n} more, together {total} | … en nog {n}, samen {total} | … und {n} weitere, zusammen {total} | … et {n} de plus, ensemble {total} | … y {n} más, en total {total}
"""  # noqa: E501 - one row a word reads better than wrapped ones


def bound(language: str, word: str) -> str:
    """A word as it is set: in French no line breaks before the signs that stand apart."""
    if language != "fr":
        return word
    for sign in ";:?!":
        word = word.replace(f" {sign}", f"\xa0{sign}")
    return word


_MARK = " (f)"
"""Marks the name of a document that is feminine: une facture, una nota."""

LABELS: dict[str, dict[str, str]] = {}
FEMININE_NOUNS: dict[str, set[str]] = {language: set() for language in LANGUAGES}
for _row in _TABLE.strip().splitlines():
    _key, *_words = (part.strip() for part in _row.split(" | "))
    LABELS[_key] = {}
    for _language, _word in zip(LANGUAGES, _words, strict=True):
        LABELS[_key][_language] = bound(_language, _word.removesuffix(_MARK))
        if _word.endswith(_MARK):
            FEMININE_NOUNS[_language].add(_key)
"""Key to language to word, and the feminine ones; `rendering/words/agreement.py` has what goes with
those."""
