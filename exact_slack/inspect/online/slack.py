"""Does Slack take this config's token, and does it have its channels and people?"""

from exact_slack.app.customer import Customer
from exact_slack.config.model import Config
from exact_slack.deliver.channels import CHANNEL_CURES, is_untold
from exact_slack.errors import (
    ExactSlackError,
    LoginNeeded,
    Notice,
    PersonNeeded,
    TemporaryError,
)
from exact_slack.inspect import people
from exact_slack.inspect.login import missing_scopes
from exact_slack.inspect.online.findings import Online, Place
from exact_slack.redact import note
from exact_slack.slack.answers import Channel, odd
from exact_slack.slack.client import SlackClient, api_address
from exact_slack.slack.listing import Listing
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.token import app_token, unfit_for

SCOPE_CURE = "Add it to the app and install the app again."


def ask_slack(customer: Customer, online: Online) -> None:
    """The token, its scopes, and each channel."""
    client = customer.slack
    try:
        _who(customer.config, client, online)
        if customer.config.slack.app_token is not None:
            _app_token(customer.config, online)
        _channels(customer.config, client, online)
        _people(customer, client, online)
    finally:
        online.slack_calls += client.calls


def _who(config: Config, client: SlackClient, online: Online) -> None:
    answer = client.auth_test()
    if isinstance(answer, Outcome):
        raise _unusable(answer)
    online.team, online.bot, online.scopes = answer.team, answer.user, sorted(answer.scopes or ())
    unusable = unfit_for(answer)
    if unusable:
        raise unusable
    if answer.scopes is not None:  # an answer without the header says nothing
        online.missing_scopes = missing_scopes(config, answer.scopes)
    for scope, cost in online.missing_scopes.items():
        sentence = f"Slack: the scope {scope} is missing: {cost}."
        cure = SCOPE_CURE
        if scope == "chat:write":
            online.errors.append(PersonNeeded(sentence, cure))
        else:
            online.warnings.append(Notice(sentence, cure))


def _app_token(config: Config, online: Online) -> None:
    """Whether Slack opens a connection for `serve`; none is made."""
    from exact_slack.slack.incoming.socket_mode import Door

    try:
        token = app_token(config)
    except ExactSlackError as error:
        online.app_token = error
    else:
        answer = Door(api_address(config.slack.base_url), note(token)).open()
        online.slack_calls += 1
        if isinstance(answer, Outcome):
            online.app_token = _no_connection(answer)
    online.errors += [online.app_token] if online.app_token else []


def _no_connection(answer: Outcome) -> ExactSlackError:
    if answer.result not in (Result.TOKEN, Result.UNKNOWN, Result.CHANNEL):
        return _unusable(answer)
    sentence = f"Slack opens no connection for slack.app_token ({answer.error})."
    cure = "Make one on the app's page, Basic Information, with the scope connections:write."
    return PersonNeeded(sentence, cure)


def _unusable(answer: Outcome) -> ExactSlackError:
    if answer.result is Result.TOKEN:
        return LoginNeeded(
            f"Slack refuses the token ({answer.error}).",
            "Store a working bot token: exact-slack auth slack",
        )
    return TemporaryError(f"Slack does not answer ({answer.error}).", "Try again later.")


def _people(customer: Customer, client: SlackClient, online: Online) -> None:
    if not customer.config.roles():
        return
    online.people, untold = people.entries(customer, client)
    online.unmatched = people.unmatched(customer)
    if untold:
        sentence = f"Slack does not tell who the people of the config are ({untold})."
        cure = "Give the app the scope users:read, and install it again."
        online.warnings.append(Notice(sentence, cure))
    cure = "Mend the entries under people; until then the route's else is taken."
    doubts = people.sentences(online.people, online.unmatched)
    online.warnings += [Notice(doubt, cure) for doubt in doubts]


def _places(config: Config) -> list[Place]:
    return [Place(channel, names) for channel, names in config.channels().items()]


def _channels(config: Config, client: SlackClient, online: Online) -> None:
    online.channels = _places(config)
    named = [place for place in online.channels if place.channel.startswith("#")]
    if named:
        _by_name(named, client, online)
    for place in online.channels:
        if not place.channel.startswith("#"):
            _by_id(place, client, online)


def _by_name(places: list[Place], client: SlackClient, online: Online) -> None:
    by_name = {place.channel: place for place in places}
    listing = Listing(list(by_name), 0.0)
    listing.advance(client, lambda name, channel: _judge(by_name[name], channel, online))
    problem = listing.stopped
    if problem and not is_untold(problem):
        raise _unusable(problem)
    for name in listing.names:
        if problem or not listing.private:
            _untold(by_name[name], online)
        elif listing.whole:
            _unfit(by_name[name], CHANNEL_CURES["channel_not_found"], online)
        else:
            raise _unusable(odd())


def _by_id(place: Place, client: SlackClient, online: Online) -> None:
    answer = client.conversations_info(place.channel)
    if isinstance(answer, Channel):
        _judge(place, answer, online)
    elif answer.result is Result.CHANNEL:
        cure = CHANNEL_CURES.get(answer.error, f"Slack says {answer.error}.")
        _unfit(place, cure, online)
    elif is_untold(answer):
        _untold(place, online)
    else:
        raise _unusable(answer)


def _judge(place: Place, channel: Channel, online: Online) -> None:
    place.id = channel.id
    place.is_member = channel.is_member
    place.is_archived, place.is_private = channel.is_archived, channel.is_private
    if channel.is_archived:
        _unfit(place, CHANNEL_CURES["is_archived"], online)
    elif not channel.is_member:
        _unfit(place, CHANNEL_CURES["not_in_channel"], online)


def _untold(place: Place, online: Online) -> None:
    place.untold = True
    place.problem = "Slack does not tell without the scopes channels:read and groups:read"
    cure = "Add them to the app and install the app again."
    online.warnings.append(Notice(f"{place.channel}: {place.problem}.", cure))


def _unfit(place: Place, cure: str, online: Online) -> None:
    place.problem = cure
    online.errors.append(PersonNeeded(f"{place.channel} ({', '.join(place.used_by)}): {cure}"))
