"""Who comes back from an OpenID Connect provider is believed only if every check of the answer holds."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from attrs import define

from checkdata.adapters.openid import OpenIdAccount, OpenIdProvider
from checkdata.adapters.openid.documents import GIVEN_UP_FOR, KEPT_FOR, RENEWED_AFTER, origin_of
from checkdata.adapters.timed_requests import LARGEST_ANSWER
from checkdata.domain.errors import IdentityRefused, ProviderUnavailable
from checkdata.domain.sign_in.identities import Departure, Identity
from checkdata.domain.values import EmailAddress
from tests.integration.openid.provider import (
    BACK,
    CLIENT,
    NEXT_KEY,
    SECRET,
    SIGNED_OUT,
    Provider,
    changed,
    provider_on_loopback,
    signed_by_a_stranger,
    signed_by_the_public_key,
    signed_by_the_secret,
    unsigned,
)

ANN: Final = EmailAddress("ann@north.example")


@define
class Clock:
    now: datetime = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Iterator[Provider]:
    with provider_on_loopback(now=clock) as running:
        yield running


def ours(provider: Provider, clock: Clock, **changes: Any) -> OpenIdProvider:  # noqa: ANN401 - any field
    account = OpenIdAccount(
        **{
            "issuer": provider.url,
            "client_id": CLIENT,
            "secret": SECRET,
            "back": BACK,
            "signed_out": SIGNED_OUT,
            **changes,
        }
    )
    return OpenIdProvider(account, clock, patience=1.0, whole=1.0)


def answer_to(departure: Departure) -> Mapping[str, str]:
    """What the browser brings back from the provider, where its person is signed in."""
    response = httpx2.get(departure.address, follow_redirects=False)
    assert response.status_code == 302, response.text
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def who_comes_back(ours: OpenIdProvider) -> Identity:
    departure = ours.depart()
    return ours.identify(departure.kept, answer_to(departure))


def test_who_signed_in_is_known_by_subject_and_verified_address(provider: Provider, clock: Clock) -> None:
    who = who_comes_back(ours(provider, clock))
    assert (who.issuer, who.subject, who.email) == (provider.url, "subject-1", ANN)


def test_each_departure_has_a_state_a_nonce_and_a_challenge_of_its_own(provider: Provider, clock: Clock) -> None:
    ours_ = ours(provider, clock)
    first, second = (dict(parse_qsl(urlsplit(ours_.depart().address).query)) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43


FORGERIES: Final = {
    "unsigned": unsigned,
    "HMAC by the public key": signed_by_the_public_key,
    "HMAC by our secret": signed_by_the_secret,
    "another key": signed_by_a_stranger,
    "changed claims": changed,
    "no token": lambda *_: "",
    "not a token": lambda *_: "a.b.c",
}


@pytest.mark.parametrize("sign", FORGERIES.values(), ids=FORGERIES)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    provider: Provider, clock: Clock, sign: Callable[[Provider, Mapping[str, Any]], str]
) -> None:
    provider.sign = sign
    with pytest.raises(IdentityRefused):
        who_comes_back(ours(provider, clock))


WRONG_CLAIMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another"},
    "no audience": {"aud": None},
    "two audiences and no authorised party": {"aud": [CLIENT, "another"]},
    "another authorised party": {"azp": "another"},
    "another issuer": {"iss": "https://else.example"},
    "no issuer": {"iss": None},
    "expired": {"exp": int(datetime(2024, 6, 3, 8, 58, tzinfo=UTC).timestamp())},
    "no end": {"exp": None},
    "issued tomorrow": {"iat": int(datetime(2024, 6, 4, tzinfo=UTC).timestamp())},
    "not yet": {"nbf": int(datetime(2024, 6, 4, tzinfo=UTC).timestamp())},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject with a character that no database holds": {"sub": "subject\x00-1"},
    "a subject with a line end": {"sub": "subject\n1"},
    "a subject that is not ASCII": {"sub": "subject-\u0661"},
    "a subject that is a list": {"sub": ["subject-1"]},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_that_claims_what_it_must_not_is_refused(
    provider: Provider, clock: Clock, claims: Mapping[str, Any]
) -> None:
    provider.claims = dict(claims)
    with pytest.raises(IdentityRefused):
        who_comes_back(ours(provider, clock))


WRONG_ANSWERS: Final = {
    "another state": {"state": "another"},
    "no state": {"state": ""},
    "another issuer (mix-up)": {"iss": "https://else.example"},
    "no issuer": {"iss": ""},
    "no code": {"code": ""},
    "another code": {"code": "another"},
    "an error": {"error": "access_denied"},
}


@pytest.mark.parametrize("words", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_an_answer_that_is_none_to_this_departure_is_refused(
    provider: Provider, clock: Clock, words: dict[str, str]
) -> None:
    provider.answer = words
    with pytest.raises(IdentityRefused):
        who_comes_back(ours(provider, clock))


def test_a_code_works_once(provider: Provider, clock: Clock) -> None:
    ours_ = ours(provider, clock)
    departure = ours_.depart()
    answer = answer_to(departure)
    ours_.identify(departure.kept, answer)
    with pytest.raises(IdentityRefused):
        ours_.identify(departure.kept, answer)


def test_an_answer_is_worth_nothing_with_what_another_departure_left(provider: Provider, clock: Clock) -> None:
    ours_ = ours(provider, clock)
    first, second = ours_.depart(), ours_.depart()
    stolen = {**answer_to(first), "state": answer_to(second)["state"]}  # a code put into another browser's answer
    for kept in (second.kept, "", "[]", "x"):
        with pytest.raises(IdentityRefused):
            ours_.identify(kept, stolen)


ADDRESSES: Final[Mapping[str, tuple[Mapping[str, Any], bool, EmailAddress | None]]] = {
    "verified": ({"email_verified": True}, False, ANN),
    "not verified": ({"email_verified": False}, False, None),
    "not said": ({"email_verified": None}, False, None),
    "a text": ({"email_verified": "true"}, False, None),
    "not said by one that verifies all": ({"email_verified": None}, True, ANN),
    "not verified by one that verifies all": ({"email_verified": False}, True, None),
    "no address": ({"email": None, "email_verified": True}, False, None),
    "not an address": ({"email": "ann", "email_verified": True}, False, None),
    "two addresses": ({"email": [str(ANN)], "email_verified": True}, False, None),
}


@pytest.mark.parametrize("tells_by_user_info", [True, False])
@pytest.mark.parametrize(("person", "verifies", "email"), ADDRESSES.values(), ids=ADDRESSES)
def test_only_a_verified_address_counts(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    provider: Provider,
    clock: Clock,
    person: Mapping[str, Any],
    verifies: bool,  # noqa: FBT001 - a parameter of a test
    email: EmailAddress | None,
    tells_by_user_info: bool,  # noqa: FBT001 - as above
) -> None:
    provider.person, provider.tells_by_user_info = dict(person), tells_by_user_info
    assert who_comes_back(ours(provider, clock, verifies_addresses=verifies)).email == email


def test_what_is_told_of_another_subject_is_refused(provider: Provider, clock: Clock) -> None:
    provider.tells_by_user_info, provider.user_info = True, {"sub": "another"}
    with pytest.raises(IdentityRefused):
        who_comes_back(ours(provider, clock))


WRONG_DISCOVERIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "another issuer": {"issuer": "https://else.example"},
    "pages of another origin": {"authorization_endpoint": "https://else.example/auth"},
    "tokens of another origin": {"token_endpoint": "https://else.example/token"},
    "keys of another origin": {"jwks_uri": "https://else.example/jwks"},
    "an end of another origin": {"end_session_endpoint": "https://else.example/end"},
    "no tokens": {"token_endpoint": None},
    "not an address": {"token_endpoint": "http://[x/token"},
    "plain challenges only": {"code_challenge_methods_supported": ["plain"]},
    "challenges that are no list": {"code_challenge_methods_supported": 1},
    "more than memory is for": {"more": "x" * LARGEST_ANSWER},
}


@pytest.mark.parametrize("published", WRONG_DISCOVERIES.values(), ids=WRONG_DISCOVERIES)
def test_a_provider_that_publishes_what_it_must_not_is_not_used(
    provider: Provider, clock: Clock, published: Mapping[str, Any]
) -> None:
    provider.published = dict(published)
    with pytest.raises(ProviderUnavailable):
        ours(provider, clock).depart()
    assert ours(provider, clock).faults()


def test_an_issuer_may_write_the_usual_port() -> None:
    assert origin_of("https://oidc.example:443") == origin_of("https://oidc.example/auth")


def test_keys_that_the_provider_changed_are_asked_for_again_and_not_more_than_once_a_minute(
    provider: Provider, clock: Clock
) -> None:
    ours_ = ours(provider, clock)
    who_comes_back(ours_)
    provider.key, provider.keys = NEXT_KEY, [NEXT_KEY]
    with pytest.raises(IdentityRefused):
        who_comes_back(ours_)
    clock.now += RENEWED_AFTER
    who_comes_back(ours_)
    assert provider.asked.count("/jwks") == 2


def test_what_is_published_is_asked_for_once_an_hour(provider: Provider, clock: Clock) -> None:
    ours_ = ours(provider, clock)
    for _ in range(3):
        who_comes_back(ours_)
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    clock.now += KEPT_FOR
    who_comes_back(ours_)
    assert provider.asked.count("/.well-known/openid-configuration") == 2


@pytest.mark.parametrize("drips", [0.4])
def test_a_provider_that_is_slow_is_given_up(provider: Provider, clock: Clock, drips: float) -> None:
    ours_ = ours(provider, clock)
    departure = ours_.depart()
    answer = answer_to(departure)
    provider.drips = drips
    before = process_time()
    with pytest.raises(ProviderUnavailable):
        ours_.identify(departure.kept, answer)
    assert process_time() - before < 1


@pytest.mark.parametrize("status", [500, 503, 301])
def test_a_provider_that_fails_is_told_from_one_that_refuses(provider: Provider, clock: Clock, status: int) -> None:
    ours_ = ours(provider, clock)
    departure = ours_.depart()
    answer = answer_to(departure)
    provider.status = status
    with pytest.raises(ProviderUnavailable):
        ours_.identify(departure.kept, answer)


@pytest.mark.parametrize("told", [{"expires_in": {"seconds": 60}}, {"expires_in": float("inf")}], ids=["object", "inf"])
def test_tokens_that_end_at_no_time_are_not_taken(provider: Provider, clock: Clock, told: Mapping[str, Any]) -> None:
    provider.token_answer = dict(told)
    with pytest.raises(ProviderUnavailable):
        who_comes_back(ours(provider, clock))


def test_a_provider_that_is_down_is_not_asked_by_each_user_and_is_asked_again(clock: Clock) -> None:
    with provider_on_loopback(now=clock, status=503) as provider:
        ours_ = ours(provider, clock)
        for _ in range(3):
            with pytest.raises(ProviderUnavailable):
                ours_.depart()
        assert provider.asked.count("/.well-known/openid-configuration") == 1
        provider.status = 200
        clock.now += GIVEN_UP_FOR
        who_comes_back(ours_)


def test_who_signs_out_signs_out_at_the_provider_too(provider: Provider, clock: Clock) -> None:
    ours_ = ours(provider, clock)
    place = ours_.sign_out_at(who_comes_back(ours_).proof)
    assert place is not None
    assert httpx2.get(place, follow_redirects=False).headers["location"] == SIGNED_OUT


def test_there_is_no_place_to_sign_out_where_the_provider_offers_none_or_is_down(clock: Clock) -> None:
    with provider_on_loopback(now=clock, published={"end_session_endpoint": None}) as provider:
        assert ours(provider, clock).sign_out_at("proof") is None
    assert ours(provider, clock).sign_out_at("proof") is None


def test_a_day_later_all_still_works(provider: Provider, clock: Clock) -> None:
    ours_ = ours(provider, clock)
    who_comes_back(ours_)
    clock.now += timedelta(days=1)
    assert who_comes_back(ours_).email == ANN
