import re
from datetime import timedelta
from pathlib import Path
from random import Random
from secrets import token_urlsafe
from string import ascii_letters, digits

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checkdata.domain.keys import Keys
from checkdata.domain.services.access.review_access import ReviewLimits
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.cli.program import COMMANDS
from checkdata.entrypoints.settings import environment
from checkdata.entrypoints.settings.amounts import OLDEST_RUNS
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.environment import Settings, read_settings
from checkdata.entrypoints.settings.every import SETTINGS
from checkdata.entrypoints.settings.key_strength import easy_to_guess
from checkdata.entrypoints.settings.mail_account import MailboxFolder, SmtpAccount
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.settings.table import table

KEY = "a key of more than thirty-two characters"
DOCUMENT = Path(__file__).parents[3] / "docs" / "settings.md"
EASY = (
    "a" * 32,
    "x7" * 20,
    "changeme" * 5,
    "CHANGE_ME_TO_A_LONG_RANDOM_STRING_OF_CHARS",
    "0123456789abcdef" * 2,
    "abcdefghijklmnopqrstuvwxyz0123456",
    "qwertyuiopasdfghjklzxcvbnm123456",
    "deadbeefcafebabe0123456789abcdef",
    "this-is-my-secret-key-change-me-now!!",
    "00000000-0000-0000-0000-000000000000",
)
SMTP = "smtp://mail.example.org?from=no-reply@example.org"


def read(**variables: str) -> Settings:
    return read_settings({f"CHECKDATA_{name}": value for name, value in variables.items()})


def smtp(url: str) -> SmtpAccount:
    account = read(EMAIL=url).email
    assert isinstance(account, SmtpAccount)
    return account


def test_an_empty_environment_serves_on_loopback_from_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    settings = read_settings({})
    folder = Path("/somewhere/.local/share/checkdata")
    assert settings.data_folder == folder
    assert settings.database_url == f"sqlite:///{folder}/checkdata.sqlite"
    assert str(settings.base) == "http://127.0.0.1:8000"
    assert settings.email == MailboxFolder(folder / "mailbox")
    assert settings.secret_keys is None
    assert (settings.lifetimes.link, settings.lifetimes.idle, settings.lifetimes.whole) == (
        timedelta(minutes=60),
        timedelta(minutes=30),
        timedelta(hours=8),
    )
    assert settings.limits == LinkLimits(window=timedelta(minutes=15), per_address=5, per_client=50, overall=1000)
    assert settings.trusted_proxies == ("127.0.0.1", "::1")
    assert settings.kept_months == 12
    assert settings.wider_percent == 10
    assert settings.nomination_lives == timedelta(days=28)
    assert settings.confirmation_lifetimes.link == timedelta(days=7)
    assert settings.review_limits == ReviewLimits(unused=timedelta(days=90), confirmed=timedelta(days=365))
    assert not settings.govuk


def test_a_limit_ends_before_a_link_does() -> None:
    assert read(LINK_MINUTES="10").limits.window == timedelta(minutes=10)
    assert read(LINK_MINUTES="90", LIMIT_MINUTES="90").limits.window == timedelta(minutes=90)
    with pytest.raises(WrongSetting, match="CHECKDATA_LIMIT_MINUTES must be a whole number from 1 to 60"):
        read(LIMIT_MINUTES="61")


def test_limits_are_taken_as_they_are_given() -> None:
    given = {"LIMIT_MINUTES": "7", "LINKS_PER_ADDRESS": "1", "LINKS_PER_CLIENT": "2", "LINKS_IN_ALL": "3"}
    limits = LinkLimits(window=timedelta(minutes=7), per_address=1, per_client=2, overall=3)
    assert read(**given).limits == limits


def test_proxies_are_addresses_and_networks() -> None:
    assert read(TRUSTED_PROXIES="10.0.0.7, 10.1.0.0/16,2001:db8::/32").trusted_proxies == (
        "10.0.0.7",
        "10.1.0.0/16",
        "2001:db8::/32",
    )


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.7/8", "0.0.0.0/0", "::/0", "10.0.0.7,", "10.0.0.300"])
def test_a_proxy_that_is_no_address_or_is_every_address_stops_the_start(wrong: str) -> None:
    with pytest.raises(WrongSetting, match="CHECKDATA_TRUSTED_PROXIES"):
        read(TRUSTED_PROXIES=wrong)


def test_the_data_folder_is_where_the_desktop_says() -> None:
    assert read_settings({"XDG_DATA_HOME": "/data"}).data_folder == Path("/data/checkdata")


def test_the_port_sets_the_default_base_and_only_that() -> None:
    assert str(read_settings({}, port=8123).base) == "http://127.0.0.1:8123"
    given = {"CHECKDATA_BASE_URL": "http://localhost:9000"}
    assert str(read_settings(given, port=8123).base) == "http://localhost:9000"


def test_a_variable_set_to_nothing_is_not_set() -> None:
    assert read(LINK_MINUTES=" ", SECRET_KEY="").lifetimes.link == timedelta(minutes=60)


def test_every_setting_is_taken_as_it_is_given() -> None:
    settings = read(
        DATABASE_URL="postgresql://u:p@db/checkdata",
        BASE_URL="https://check.example.org/",
        SECRET_KEY=KEY,
        EMAIL=SMTP,
        SUPPORT_EMAIL="Help@Example.org",
        LINK_MINUTES="15",
        IDLE_MINUTES="20",
        SESSION_HOURS="4",
        KEPT_MONTHS="6",
        WIDER_PERCENT="25",
        GOVUK="on",
    )
    assert settings.database_url == "postgresql://u:p@db/checkdata"
    assert str(settings.base) == "https://check.example.org"
    assert settings.required_secret_keys == Keys.of(KEY)
    assert isinstance(settings.email, SmtpAccount)
    assert str(settings.email.sender) == "no-reply@example.org"
    assert settings.support_email == "help@example.org"
    assert settings.lifetimes.link == timedelta(minutes=15)
    assert settings.lifetimes.idle == timedelta(minutes=20)
    assert settings.lifetimes.whole == timedelta(hours=4)
    assert settings.kept_months == 6
    assert settings.wider_percent == 25
    assert settings.govuk


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("HTTP://LocalHost:8000", "http://localhost:8000"),
        ("https://check.example.org", "https://check.example.org"),
        ("https://check.example.org:8443", "https://check.example.org:8443"),
        ("https://check.example.org/partners/2/", "https://check.example.org/partners/2"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_base_is_a_scheme_a_host_and_a_port(given: str, base: str) -> None:
    assert str(read(BASE_URL=given, EMAIL=SMTP).base) == base


def test_a_mail_server_has_a_user_whose_password_may_hold_anything() -> None:
    account = smtp("smtp://me%40example.org:p%2Fw%40%3A@mail.example.org:2525?from=no-reply@example.org")
    assert account == SmtpAccount(
        host="mail.example.org",
        port=2525,
        smtps=False,
        sender=EmailAddress("no-reply@example.org"),
        user="me@example.org",
        password="p/w@:",  # noqa: S106
    )


def test_a_mail_server_has_the_port_of_its_kind_unless_told() -> None:
    assert smtp("smtp://mail.example.org?from=a@example.org").port == 587
    assert smtp("smtps://mail.example.org?from=a@example.org").port == 465


def test_only_a_mail_server_on_this_machine_may_do_without_tls() -> None:
    assert smtp("smtp://127.0.0.1:1025?from=a@example.org").on_this_machine
    assert smtp("smtp://localhost:1025?from=a@example.org").on_this_machine
    assert not smtp("smtp://mail.example.org?from=a@example.org").on_this_machine


def test_related_services_have_an_id_a_name_and_an_address() -> None:
    given = "npq NPQ data https://npq.example.org/start; eyp  Early  years http://127.0.0.1:8100;"
    assert [
        (each.service.id, each.service.name, str(each)) for each in read(RELATED_SERVICES=given).related_services
    ] == [
        ("npq", "NPQ data", "https://npq.example.org/start"),
        ("eyp", "Early years", "http://127.0.0.1:8100"),
    ]
    assert read().related_services == ()


def test_a_mailbox_is_a_folder() -> None:
    assert read(EMAIL="mailbox:/var/mail/checkdata").email == MailboxFolder(Path("/var/mail/checkdata"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "check.example.org"),
        ("BASE_URL", "ftp://check.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://check.example.org/a//b"),
        ("DECISION_POINT_URL", "https://check.example.org/path"),
        ("BASE_URL", "https://check.example.org/../b"),
        ("BASE_URL", "https://check.example.org/a;b"),
        ("BASE_URL", "https://check.example.org?a=b"),
        ("BASE_URL", "https://check.example.org#a"),
        ("BASE_URL", "https://me:pw@check.example.org"),
        ("BASE_URL", "https://check.example.org:port"),
        ("BASE_URL", "https://check.example.org:99999"),
        ("BASE_URL", "https://[::1"),
        ("BASE_URL", "https://chéck.example.org"),
        ("BASE_URL", "http://check.example.org"),
        ("BASE_URL", "http://127.0.0.1.example.org"),
        ("BASE_URL", "http://192.168.0.1:8000"),
        ("BASE_URL", "http://192.0.2.1:8000"),
        ("BASE_URL", "https://check.example?x=1"),
        ("SECRET_KEY", "too short"),
        ("EMAIL", "mailbox:"),
        ("EMAIL", "no-reply@example.org"),
        ("EMAIL", "sendmail:/usr/sbin/sendmail"),
        ("EMAIL", "smtp://"),
        ("EMAIL", "smtp://mail.example.org"),
        ("EMAIL", "smtp://mail.example.org?from="),
        ("EMAIL", "smtp://mail.example.org?from=nobody"),
        ("EMAIL", "smtp://mail.example.org?from=a@example.org&tls=off"),
        ("EMAIL", "smtp://mail.example.org?from=a@example.org%0D%0ABcc: b@example.org"),
        ("EMAIL", "smtp://mail.example.org/path?from=a@example.org"),
        ("EMAIL", "smtp://user@mail.example.org?from=a@example.org"),
        ("EMAIL", "smtp://mail.example.org:port?from=a@example.org"),
        ("SUPPORT_EMAIL", "the help desk"),
        ("RELATED_SERVICES", "npq"),
        ("RELATED_SERVICES", "npq https://npq.example.org"),
        ("RELATED_SERVICES", "n/q NPQ https://npq.example.org"),
        ("RELATED_SERVICES", "npq NPQ npq.example.org"),
        ("RELATED_SERVICES", "npq NPQ http://npq.example.org"),
        ("RELATED_SERVICES", "npq NPQ https://npq.example.org/?a=b"),
        ("RELATED_SERVICES", "npq NPQ https://npq.example.org/start#a"),
        ("RELATED_SERVICES", "npq NPQ https://me:pw@npq.example.org"),
        ("RELATED_SERVICES", "npq NPQ https://npq.example.org/a'b"),
        ("RELATED_SERVICES", "npq NPQ https://*.example.org"),
        ("RELATED_SERVICES", "npq N\u202ePQ https://npq.example.org"),
        ("RELATED_SERVICES", "npq NPQ https://npq.example.org; npq Other https://other.example.org"),
        *(
            (name, value)
            for name in ("LINK_MINUTES", "IDLE_MINUTES")
            for value in ("0", "1441", "-1", "1.5", "an hour")
        ),
        *(("SESSION_HOURS", value) for value in ("0", "25", "٣", "9" * 5000)),
        *(("KEPT_MONTHS", value) for value in ("0", "121")),
        *(("NOMINATION_DAYS", value) for value in ("0", "366")),
        *(("CONFIRMATION_DAYS", value) for value in ("0", "91")),
        *((name, value) for name in ("UNUSED_DAYS", "CONFIRMED_DAYS") for value in ("0", "3651")),
        *(("GOVUK", value) for value in ("yes", "On", "1")),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=rf"^CHECKDATA_{name} (must|is) ") as told:
        read(**{name: value})
    assert str(told.value).endswith(tuple("'.abcdefghijklmnopqrstuvwxyz0123456789"))


def test_a_mailbox_does_not_start_with_an_https_base() -> None:
    told = r"^CHECKDATA_EMAIL must be notify:TEMPLATE_ID or a mail server where CHECKDATA_BASE_URL begins"
    with pytest.raises(WrongSetting, match=told):
        read(BASE_URL="https://check.example.org", EMAIL="mailbox:/tmp/mailbox")
    without = read(BASE_URL="https://check.example.org")
    with pytest.raises(WrongSetting, match=told):
        _ = without.required_email


def test_an_operator_who_needs_a_key_is_told_how_to_make_one() -> None:
    with pytest.raises(WrongSetting, match=r"^CHECKDATA_SECRET_KEY is not set\. .*secrets\.token_urlsafe"):
        _ = read().required_secret_keys


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hunter2"),
        ("EMAIL", "smtp://me:hunter2@mail.example.org"),
        ("EMAIL", "smtp://me:hunter2@mail.example.org:port?from=a@example.org"),
        ("EMAIL", "smtp://me:hunter2@[mail.example.org?from=a@example.org"),
        ("BASE_URL", "https://me:hunter2@check.example.org"),
    ],
)
def test_a_wrong_secret_is_never_shown(name: str, value: str) -> None:
    with pytest.raises(WrongSetting) as told:
        read(**{name: value})
    assert "hunter2" not in str(told.value)


def test_settings_are_shown_without_their_secrets() -> None:
    settings = read(
        SECRET_KEY=f"hunter2 {KEY}",
        EMAIL="smtp://me:hunter2@mail.example.org?from=a@example.org",
        DATABASE_URL="postgresql://me:hunter2@db/checkdata",
    )
    assert "hunter2" not in repr(settings)


def test_every_setting_that_is_declared_is_read() -> None:
    used = set(
        re.findall(r"\b(?:amounts|declared|watched)\.([A-Z_]+)\b", Path(environment.__file__).read_text("utf-8"))
    )
    assert {f"CHECKDATA_{name}" for name in used - {"OLDEST_RUNS"}} | {
        setting.name for setting in OLDEST_RUNS.values()
    } == set(SETTINGS)


def test_the_document_has_the_table_that_is_made_of_the_declarations() -> None:
    assert f"\n\n{table()}\n" in DOCUMENT.read_text("utf-8")


def test_every_setting_is_needed_by_commands_that_there_are() -> None:
    assert {command for setting in SETTINGS.values() for command in setting.needed_by} <= set(COMMANDS)


@pytest.mark.parametrize(
    ("base", "hosts"),
    [
        ("http://127.0.0.1:8000", {"127.0.0.1:8000", "localhost:8000"}),
        ("http://localhost", {"127.0.0.1", "localhost", "127.0.0.1:80", "localhost:80"}),
        ("https://check.example", {"check.example", "check.example:443"}),
        ("https://check.example:8443", {"check.example:8443"}),
        ("https://[2001:db8::1]", {"[2001:db8::1]", "[2001:db8::1]:443"}),
    ],
)
def test_a_base_answers_to_its_own_hosts_and_origins(base: str, hosts: set[str]) -> None:
    address = BaseAddress.of(base)
    assert address.hosts == hosts
    assert address.origins == {f"{base.partition(':')[0]}://{host}" for host in hosts}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CHECKDATA_SECRETKEY", "CHECKDATA_SECRET_KEY"),
        ("CHECKDATA_AUDIT_KEYS", "CHECKDATA_AUDIT_KEY"),
        ("CHECKDATA_SESION_HOURS", "CHECKDATA_SESSION_HOURS"),
        ("CHECKDATA_DATABASE", "CHECKDATA_DATABASE_URL"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_one_that_was_meant(written: str, meant: str) -> None:
    with pytest.raises(WrongSetting, match=rf"^{written} is not a setting of checkdata\. Did you mean {meant}\?$"):
        read_settings({written: "some value"})


@pytest.mark.parametrize("name", ["CHECKDATA_", "CHECKDATA_WEATHER", "CHECKDATA_PORT"])
def test_a_variable_that_is_like_none_is_refused_too(name: str) -> None:
    with pytest.raises(WrongSetting, match=rf"^{name} is not a setting of checkdata\."):
        read_settings({name: "8000"})


@given(st.sampled_from(sorted(SETTINGS)), st.data())
def test_no_variable_with_one_letter_missing_passes_in_silence(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(len("CHECKDATA_"), len(name) - 1))
    written = name[:place] + name[place + 1 :]
    assume(written not in SETTINGS)
    with pytest.raises(WrongSetting, match=f"^{written} is not a setting of checkdata"):
        read_settings({written: "1"})


def test_what_kubernetes_sets_beside_a_service_of_this_name_stands() -> None:
    read_settings(
        {
            "CHECKDATA_SERVICE_HOST": "10.0.0.1",
            "CHECKDATA_SERVICE_PORT": "80",
            "CHECKDATA_SERVICE_PORT_HTTP": "80",
            "CHECKDATA_PORT": "tcp://10.0.0.1:80",
            "CHECKDATA_PORT_80_TCP": "tcp://10.0.0.1:80",
            "CHECKDATA_PORT_80_TCP_PROTO": "tcp",
            "CHECKDATA_WEB_PORT_80_TCP_ADDR": "10.0.0.1",
        }
    )


def test_one_key_is_what_it_always_was() -> None:
    for key in (KEY, token_urlsafe(32), "a:" + token_urlsafe(32)):
        keys = read(SECRET_KEY=key).required_secret_keys
        assert (keys.first.secret, keys.older) == (key.encode(), ())


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_keys_are_listed_with_spaces_or_commas_between_them_and_the_first_signs(between: str) -> None:
    new, old, oldest = (token_urlsafe(32) for _ in range(3))
    assert read(SECRET_KEY=between.join((new, old, oldest))).secret_keys == Keys.of(new, old, oldest)


def test_the_audit_log_is_sealed_with_the_audit_keys_and_unless_they_are_set_with_the_secret_ones() -> None:
    one, other, third = (token_urlsafe(32) for _ in range(3))
    assert (
        read(SECRET_KEY=one, AUDIT_KEY=f"{other} {third}").sealing_keys
        == read(SECRET_KEY=f"{other} {third}").sealing_keys
    )
    assert [key.id for key in read(SECRET_KEY=f"{one} {other}").sealing_keys] == [key.id for key in Keys.of(one, other)]


def test_a_sentence_that_was_a_key_is_listed_in_quotes() -> None:
    new, old = token_urlsafe(32), "a key of words, of which no one is long; nobody's"
    assert read(SECRET_KEY=old).secret_keys == Keys.of(old)
    for listed in (f'{new} "{old}"', f'{new},"{old}"'):
        assert read(SECRET_KEY=listed).secret_keys == Keys.of(new, old)


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_a_list_in_which_a_key_is_cut_off_or_twice_is_refused(name: str) -> None:
    key = token_urlsafe(32)
    for value in (f"{key} {key[:31]}", f"short,{key}", f"{key} {key}"):
        with pytest.raises(WrongSetting, match=rf"^CHECKDATA_{name} lists ") as told:
            read(**{name: value})
        assert key[:31] not in str(told.value)


@pytest.mark.parametrize("key", EASY)
def test_a_key_that_is_easy_to_guess_is_refused_with_the_command_that_makes_a_good_one(key: str) -> None:
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        with pytest.raises(
            WrongSetting, match=rf"^CHECKDATA_{name} is easy to guess\. .*secrets\.token_urlsafe\(48\)"
        ) as told:
            read(**{name: key})
        assert key not in str(told.value)


def test_what_an_easy_key_sealed_can_be_verified_and_nothing_more_is_done_with_it() -> None:
    good = token_urlsafe(32)
    assert read(AUDIT_KEY=f"{good} {EASY[0]}").audit_keys == Keys.of(good, EASY[0])
    for name, keys in (("SECRET_KEY", f"{good} {EASY[0]}"), ("AUDIT_KEY", f"{EASY[0]} {good}")):
        with pytest.raises(WrongSetting, match="is easy to guess"):
            read(**{name: keys})


@given(st.text(max_size=6), st.integers(6, 60))
def test_repeating_a_few_characters_makes_no_key(few: str, times: int) -> None:
    assert easy_to_guess(few * times)


@given(st.integers(0, 2**20), st.sampled_from(["0123456789abcdef", ascii_letters + digits + "-_"]))
def test_a_key_that_was_drawn_by_chance_is_taken(seed: int, letters: str) -> None:
    assert not easy_to_guess("".join(Random(seed).choices(letters, k=32)))  # noqa: S311 - the same in every run
