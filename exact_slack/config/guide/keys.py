"""What every key of a config file means: for the JSON schema, and for docs/config.md.

Apart from the model, so that no run of `poll` loads it. A test holds the two together."""

KEYS: dict[str, dict[str, str]] = {
    "Config": {
        "exact": "The Exact Online side: the login and its divisions.",
        "slack": "The Slack side. Without `token` the one stored by `auth slack` is used.",
        "secrets": "Where logins are stored: the keyring where cron can use it, else a file of "
        "mode 0600 (`auto`), or one of the two.",
        "state": "Folder of the ledger, the locks and the login; a relative one is relative to "
        "this file (of a linked config to the file that the link leads to: where links change, "
        "as in release folders, write the whole path). Without it: `EXACT_SLACK_STATE_DIR` or "
        "the user's state folder, with the config file's name.",
        "locale": "Language, amounts and dates of the messages.",
        "poll_at_least_every": "`poll --due` reads each kind at least so often, whatever it "
        "expects of it: 15m, 1h.",
        "on_ambiguous": "A send whose outcome nobody knows and that cannot be looked up: `hold` "
        "it for a person, or `repost` it. `strict` also holds what a complete look-up did not "
        "find.",
        "flood_limit": "New messages per channel and run; the rest is held and told once.",
        "attachments_max_mb": "Largest file that a route with `attachments` puts in the thread.",
        "timezone": "Zone of every time of day in this file, and of a time behind `--since`, "
        "`--until` or `--verify` that names no offset; without it the system's.",
        "quiet": "Hours and days at which nothing is posted; it goes out afterwards.",
        "silences": "What is held back up to the end of a day, over all routes.",
        "alerts": "Channel in which exact-slack speaks of itself: once when something is wrong, "
        "once when it is well again.",
        "serve": "Where `serve` listens.",
        "monitoring": "Who hears how it goes, and how soon.",
        "retention": "Days after which the ledger forgets.",
        "exceptions": "What counts as an exception.",
        "routes": "Which documents go to which channel, in this order.",
        "people": "What Exact knows of people, and who that is in Slack.",
        "reports": "What is open, due or in the bank, told at fixed times.",
        "close": "The end of each period as one message a company.",
        "tests": "Cases that `route test` proves.",
    },
    "ExactConfig": {
        "region": "The country of your Exact Online: which of its addresses is called.",
        "divisions": "The divisions to read: the numbers in Exact's address bar (_Division_=…).",
        "names": "Short names of divisions, as messages call them where there are several; without "
        "one it is Exact's own name.",
        "client_id": "The client id of the app in Exact's App Center.",
        "client_secret": "The client secret of that app.",
        "redirect_uri": "The redirect address registered with the app. It need not answer.",
        "webhook_secret": "The webhook secret of that app; only for `serve`.",
        "base_url": "Another address of the same API: a sandbox or a proxy.",
    },
    "SlackConfig": {
        "token": "A bot token (xoxb-…), instead of the one stored by `auth slack`.",
        "app_token": "An app-level token (xapp-…): `serve` hears Slack over Socket Mode, without a "
        "public address.",
        "signing_secret": "The signing secret of the Slack app; only for events to `serve`.",
        "client_id": "Only for `auth slack --install` of a distributed app.",
        "client_secret": "Only for `auth slack --install` of a distributed app.",
        "redirect_uri": "Only for `auth slack --install` of a distributed app.",
        "base_url": "Another address of the same API: a sandbox or a proxy.",
    },
    "ServeConfig": {
        "listen": "HOST:PORT on which `serve` listens, behind a proxy that does TLS.",
        "public_url": "The address under which the internet reaches `serve`.",
    },
    "Monitoring": {
        "ping_url": "Called at the start of each `poll` and with its outcome; a dead man's "
        "switch such as healthchecks.io.",
        "metrics_file": "Where each run leaves its metrics for Prometheus's node_exporter (its "
        "textfile collector), one file a customer: `/var/lib/node_exporter/textfile/acme.prom`.",
        "patience": "Temporary trouble is told when it has lasted so long: 30m, 2h.",
    },
    "Retention": {
        "documents_days": "Days after which the ledger forgets what a document said. Its key "
        "stays, so that nothing is posted again.",
        "runs_days": "Days after which the ledger forgets a run.",
    },
    "ExceptionsConfig": {
        "unusual_factor": "`unusual_amount` is more than so many times what is usual.",
        "unusual_from": "So many earlier documents show what is usual: amounts, cost centers.",
        "due_soon_days": "`due_soon` is due within so many days.",
        "payee_days": "`payee_changed`: a supplier's bank account that came, or changed, so many "
        "days before counts as new.",
        "below_limits": "Limits of approval, in the company's currency: `below_limit` is at most "
        "5 % below one of them. Without one it never fires.",
        "dormant_days": "`dormant_supplier` billed nothing for so many days.",
        "backdated_days": "`backdated` is dated more than so many days before it was entered; what "
        "is dated in a period that was closed by then is, whatever this says.",
        "order_tolerance": "Percent by which an invoice may bill more than its order has left, or "
        "at a higher price, before `over_order` and `not_received` fire.",
        "history": "How far back Exact's purchases and payments are read once, as what exceptions "
        "are compared with. `0d`: not at all.",
    },
    "Route": {
        "name": "A name of its own for each route; reports and `route explain` use it.",
        "when": "The conditions; all that are given must hold. Without it every document fits.",
        "channel": 'A channel such as "#finance" (in quotes) or its id C0123ABCD; or a person, as '
        '{person: cost_center, else: "#finance"}, who gets direct messages.',
        "mention": "Whom new messages mention: a Slack user (U…), a user group (S…) or here; or a "
        "person, as {person: creator, else: U0123ABCD}.",
        "otherwise": "Take only what no earlier route took.",
        "attachments": "Put the document's files in the thread.",
        "broadcast_payments": "Show the reply of a payment in the channel, too.",
        "steps": "Also reply when a document only goes on its way, as from open to processed.",
        "layout": "`compact`: messages of two lines, the rest in a reply.",
        "group": "`batch`: the payments of a payment run are one message.",
        "locale": "This route's own locale.",
        "template": "Texts that replace parts of the message.",
        "digest": "Collect the documents into one message a day, week or month.",
        "triage": "Each message is somebody's until it is done; `true`, or a mapping.",
        "quiet": "This route's own quiet hours, instead of those of the file; {} for none.",
        "silences": "What is held back on this route up to the end of a day.",
    },
    "People": {
        "creator": "Who made the document: full name, or Exact's id of the user, and Slack's id.",
        "account_manager": "The account manager of the customer or supplier, likewise.",
        "cost_center": "Code or name of a cost center, also with globs, and Slack's id of a user "
        "or user group. Of several cost centers the one with the largest share.",
    },
    "When": {
        "kind": "Kinds of documents.",
        "division": "Divisions.",
        "event": "What happened to the document.",
        "amount": 'The amount without its sign, in the company\'s currency: ">= 10000", or '
        '">= 1000 and < 5000".',
        "currency": "Currency of the document, such as EUR.",
        "account": "Code or name of the customer or supplier.",
        "cost_center": "Code or name of a line's cost center.",
        "cost_unit": "Code or name of a line's cost unit.",
        "gl_account": "Code or name of a line's general ledger account.",
        "journal": "Code or name of the journal.",
        "project": "Code or name of a project.",
        "status": "Status of the document: Exact's number or its word.",
        "creator": "Who made the document in Exact.",
        "exception": "What is odd about the document.",
    },
    "Template": {
        "title": "The title of the message.",
        "text": "The description and the notes.",
        "fields": "The labelled facts: label and template.",
    },
    "Digest": {
        "every": "How often.",
        "at": 'Time of day, such as "08:30".',
        "on": "Weekday of a weekly digest (mon), or day of the month of a monthly one (1 to 28).",
        "by": "What is counted: seen (first seen since the last digest) or period (what belongs to "
        "the day, week or month that ended before it is due).",
        "csv": "Put a list of all documents into the thread; without it only with every: month.",
    },
    "Report": {
        "every": "How often.",
        "at": 'Time of day, such as "08:30".',
        "on": "Weekday of a weekly report (mon), or day of the month of a monthly one (1 to 28).",
        "name": "A name of its own for each report; `exact-slack report NAME` shows it now.",
        "report": "What it tells: `aging` (open, by days overdue), `due` (in the next 7, 14 and 30 "
        "days) or `cash` (the banks, and four weeks ahead).",
        "side": "Only what customers owe (`receivable`) or what is owed to suppliers (`payable`); "
        "both without it.",
        "channel": 'A channel such as "#finance" (in quotes) or its id C0123ABCD.',
        "locale": "This report's own locale.",
        "divisions": "Only these divisions of the config.",
    },
    "Close": {
        "channel": 'A channel such as "#finance" (in quotes) or its id C0123ABCD.',
        "mention": "Whom it mentions when a line turns red again after all was green: a Slack user "
        "(U…), a user group (S…) or here.",
        "divisions": "Only these divisions of the config.",
        "from": "Days from the period's end on which the message begins: -2 is two days before.",
        "until": "Days from the period's end up to which it is kept up to date.",
        "at": "Time of day, each morning in between; a quiet day moves to the next.",
        "suspense": "G/L accounts that are zero at the end of a period, by their codes.",
        "manual": "What Exact cannot answer: each is a reply that somebody ticks.",
        "lines": "Only these lines; without it all, those that need a list where there is one.",
    },
    "Triage": {
        "remind": "Time of day at which the channel gets one list of what is unfinished; without "
        "it no list.",
        "escalate": "What nobody has taken is told once more; without it nothing is.",
        "alert_after": "The `alerts` channel hears it when the oldest is older than this.",
    },
    "Escalate": {
        "after": "How long nobody has taken it: 4h, 1d. Quiet hours do not count.",
        "mention": "Whom that mentions: a Slack user (U…), a user group (S…) or here.",
    },
    "Quiet": {
        "from": 'Time of day at which the quiet begins, such as "18:00".',
        "to": "Time of day at which it ends; earlier than `from` means the next morning.",
        "days": "Whole days that are quiet.",
    },
    "Silence": {
        "match": "Conditions as under `when`.",
        "until": "The last day of the silence, such as 2026-12-31.",
        "reason": "Why; it stands in reports.",
    },
    "Case": {
        "name": "What the case is about.",
        "document": "The document in a few words.",
        "event": "What happened to it.",
        "exception": "The exceptions that fire.",
        "routes": "The routes that must post it; an empty list for none.",
        "channels": "The channels that must get a message; an empty list for none.",
    },
    "CaseDocument": {
        "kind": "Its kind.",
        "division": "Its division; without it the first of the config.",
        "amount": "Its amount in the company's currency.",
        "currency": "Its currency.",
        "account": "Code and name of the customer or supplier.",
        "cost_center": "Cost centers of its lines.",
        "cost_unit": "Cost units of its lines.",
        "gl_account": "General ledger accounts of its lines.",
        "journal": "Code and name of its journal.",
        "project": "Its project.",
        "status": "Exact's number or its word.",
        "creator": "Who made it in Exact.",
        "number": "Its number.",
        "reference": "Its reference.",
        "description": "Its description.",
    },
}
