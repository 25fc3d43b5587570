"""What every adapter of `checkdata.domain.ports.AuditChain` must do, and what the seals made with it find."""

from datetime import timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.seals import (
    Anchor,
    ChainLink,
    KeptHead,
    KeyNotGiven,
    Seal,
    SealFault,
    SealTrouble,
    key_not_given,
    seal_faults,
    seals_of,
)
from checkdata.domain.keys import Key, Keys
from checkdata.domain.ports import Storage
from checkdata.domain.services.audit.seal_log import SealLog
from tests.contracts.test_audit import an_event, record
from tests.contracts.test_receipts import a_receipt, keep
from tests.contracts.units_of_work import read, write
from tests.recent_events import recent
from tests.strategies import NOON

KEYS = Keys.of("a key that only the tests know, 32 characters")
KEY = KEYS.first
LATER = Key.of("the key that followed, which only the tests know")
LATEST = Key.of("the key that came last, which only the tests know")
ALL = Keys(LATEST, (LATER, KEY))
NUMBERS = st.lists(st.integers(1, 1000), unique=True, min_size=1, max_size=8).map(sorted)


def sealing(storage: Storage) -> SealLog:
    return SealLog(storage=storage, keys=KEYS)


def sealed(storage: Storage, *minutes: int) -> Seal:
    """Record events and seal them as one segment; the head then."""
    record(storage, *map(an_event, minutes))
    head = sealing(storage).seal_due().head
    assert isinstance(head, Seal)
    return head


def test_an_empty_log_has_nothing_to_seal_and_no_fault(storage: Storage) -> None:
    assert not sealing(storage).seal_due()
    assert sealing(storage).verify().faults == ()


def test_every_event_is_sealed_once_in_the_order_of_its_number(storage: Storage) -> None:
    record(storage, an_event(0), *(AuditEvent(kind=kind, at=NOON) for kind in AuditKind))
    assert sealing(storage).seal_due().events == 1 + len(AuditKind)
    assert not sealing(storage).seal_due()
    seals = [link.seal for link in read(storage, lambda work: list(work.audit_chain.links()))]
    assert [seal and seal.position for seal in seals] == list(range(1, len(seals) + 1))


def test_a_sealed_log_verifies_and_tells_what_waits(storage: Storage) -> None:
    head = sealed(storage, 1, 2)
    record(storage, an_event(3))
    found = sealing(storage).verify()
    assert (found.sealed, found.waiting, found.head, found.faults) == (2, 1, head, ())


def test_a_log_over_a_rotation_of_keys_verifies_with_all_of_them(storage: Storage) -> None:
    sealed(storage, 1, 2)
    record(storage, an_event(3))
    rotated = SealLog(storage=storage, keys=Keys(LATER, (KEY,)))
    assert rotated.seal_due().events == 1
    found = rotated.verify()
    assert (found.sealed, found.faults, found.not_given) == (3, (), ())


def test_a_key_that_is_not_given_is_told_from_what_was_changed(storage: Storage) -> None:
    first, last = sealed(storage, 1), sealed(storage, 2, 3)
    record(storage, an_event(4))
    later = SealLog(storage=storage, keys=Keys(LATER))
    assert later.seal_due().events == 1
    found = later.verify()
    assert found.faults == ()
    assert found.not_given == (KeyNotGiven(key_id=KEY.id, first=first.number, last=last.number),)
    (missing,) = sealing(storage).verify().not_given
    assert missing.key_id == LATER.id


def test_an_anchor_whose_key_is_not_given_is_told_from_one_that_was_forged(storage: Storage) -> None:
    head = sealed(storage, 1)
    anchor = Anchor(number=head.number, position=head.position, digest=head.digest, before=NOON).signed(KEY)
    write(storage, lambda work: work.audit_chain.purge(anchor))
    found = SealLog(storage=storage, keys=Keys(LATER)).verify()
    assert (found.faults, [missing.key_id for missing in found.not_given]) == ((), [KEY.id])
    assert SealLog(storage=storage, keys=Keys(LATER, (KEY,))).verify().not_given == ()


def test_seals_from_before_they_named_a_key_verify_with_any_that_is_given(storage: Storage) -> None:
    record(storage, an_event(1), an_event(2))
    links = read(storage, lambda work: list(work.audit_chain.links()))
    unnamed = [evolve(seal, key_id="") for seal in seals_of(links, None, KEY)]
    write(storage, lambda work: work.audit_chain.seal(unnamed))
    for keys in (Keys(KEY), Keys(LATER, (KEY,))):
        found = SealLog(storage=storage, keys=keys).verify()
        assert (found.faults, found.not_given) == ((), ())
    faults = SealLog(storage=storage, keys=Keys(LATER)).verify().faults
    assert [fault.trouble for fault in faults] == [SealTrouble.FITS_NO_KEY] * 2
    assert "a key that was not given" in faults[0].sentence


def test_the_head_that_was_kept_elsewhere_is_found_again_and_a_foreign_one_is_not(storage: Storage) -> None:
    head = sealed(storage, 1)
    sealed(storage, 2)
    assert sealing(storage).verify(kept=KeptHead(head.number, head.digest)).faults == ()
    lost = KeptHead(head.number + 9, head.digest)
    assert sealing(storage).verify(kept=lost).faults == (SealFault(SealTrouble.HEAD_MISSING, lost.number),)
    forged = KeptHead(head.number, "0" * 64)
    assert sealing(storage).verify(kept=forged).faults == (SealFault(SealTrouble.HEAD_MISSING, head.number),)


def test_only_whole_segments_are_old_enough(storage: Storage) -> None:
    first = sealed(storage, 1, 2)
    second = sealed(storage, 3, 5)
    sealed(storage, 6)

    def last(minutes: int) -> Seal | None:
        return read(storage, lambda work: work.audit_chain.last_of_segments(NOON + timedelta(minutes=minutes)))

    assert [last(1), last(2), last(3), last(4), last(5)] == [None, None, first, first, first]
    assert last(6) == second


def test_after_a_purge_verification_starts_from_its_anchor(storage: Storage) -> None:
    first, head = sealed(storage, 1, 2), sealed(storage, 3)
    before = NOON + timedelta(minutes=3)
    anchor = Anchor(number=first.number, position=first.position, digest=first.digest, before=before).signed(KEY)
    keep(storage, a_receipt(at=NOON), a_receipt(at=before))
    assert write(storage, lambda work: work.audit_chain.purge(anchor)) == 2
    assert read(storage, lambda work: work.audit_chain.anchor()) == anchor
    assert list(read(storage, lambda work: recent(work, 9))) == [an_event(3)]
    assert [receipt.at for receipt in read(storage, lambda work: list(work.receipts.between(None, None)))] == [before]
    found = sealing(storage).verify(kept=KeptHead(first.number, first.digest))
    assert (found.sealed, found.head, found.faults) == (1, head, ())
    assert sealed(storage, 4).position == head.position + 1
    assert sealing(storage).verify().faults == ()


def test_a_log_of_which_all_is_purged_goes_on_from_its_anchor(storage: Storage) -> None:
    head = sealed(storage, 1)
    before = NOON + timedelta(minutes=2)
    anchor = Anchor(number=head.number, position=head.position, digest=head.digest, before=before).signed(KEY)
    with storage.writing() as work:
        work.audit.record(an_event(2))
        work.audit_chain.purge(anchor)
        work.commit()
    assert sealing(storage).seal_due().events == 1
    assert sealing(storage).verify().faults == ()


def test_an_anchor_that_no_purge_made_is_found(storage: Storage) -> None:
    head = sealed(storage, 1, 2)
    anchor = Anchor(number=head.number, position=head.position, digest=head.digest, before=NOON, signature="0" * 64)
    write(storage, lambda work: work.audit_chain.purge(anchor))
    assert sealing(storage).verify().faults == (SealFault(SealTrouble.ANCHOR_FORGED, head.number),)


def a_chain(numbers: list[int]) -> list[ChainLink]:
    links = [ChainLink(number=number, words=f"event {number}") for number in numbers]
    return [evolve(link, seal=seal) for link, seal in zip(links, seals_of(links, None, KEY), strict=True)]


@given(NUMBERS, st.data())
def test_one_change_is_one_fault_and_names_its_event(numbers: list[int], data: st.DataObject) -> None:
    chain = a_chain(numbers)
    assert list(seal_faults(chain, None, KEYS)) == []
    at = data.draw(st.integers(0, len(chain) - 1))
    one = chain[at]
    changed = [*chain[:at], evolve(one, words="another"), *chain[at + 1 :]]
    assert list(seal_faults(changed, None, KEYS)) == [SealFault(SealTrouble.CHANGED, one.number)]
    removed = [*chain[:at], evolve(one, words=None), *chain[at + 1 :]]
    assert list(seal_faults(removed, None, KEYS)) == [SealFault(SealTrouble.REMOVED, one.number)]
    put_in = [*chain[:at], ChainLink(number=0, words="foreign"), *chain[at:]]
    assert list(seal_faults(put_in, None, KEYS)) == [SealFault(SealTrouble.PUT_IN, 0)]


@given(NUMBERS.filter(lambda numbers: len(numbers) > 1), st.data())
def test_what_is_gone_with_its_seal_is_missed_by_the_next(numbers: list[int], data: st.DataObject) -> None:
    chain = a_chain(numbers)
    at = data.draw(st.integers(0, len(chain) - 2))
    gone = [*chain[:at], *chain[at + 1 :]]
    assert list(seal_faults(gone, None, KEYS)) == [SealFault(SealTrouble.REMOVED_WITH_SEAL, chain[at + 1].number)]
    unsealed = [*chain[:at], evolve(chain[at], seal=None), *chain[at + 1 :]]
    assert list(seal_faults(unsealed, None, KEYS)) == [SealFault(SealTrouble.SEAL_REMOVED, chain[at].number)]


@st.composite
def rotated_chains(draw: st.DrawFn) -> list[ChainLink]:
    """Events sealed in rounds, each with one of three keys: what machines do while one key follows another."""
    chain, number = list[ChainLink](), 0
    for key in draw(st.lists(st.sampled_from(list(ALL)), min_size=1, max_size=5)):
        rounds = draw(st.integers(1, 3))
        links = [ChainLink(number=number + each, words=f"event {number + each}") for each in range(1, rounds + 1)]
        seals = seals_of(links, chain[-1].seal if chain else None, key)
        chain += [evolve(link, seal=seal) for link, seal in zip(links, seals, strict=True)]
        number += rounds
    return chain


@given(rotated_chains(), st.data())
def test_one_change_is_one_fault_whatever_keys_followed_each_other(chain: list[ChainLink], data: st.DataObject) -> None:
    assert list(seal_faults(chain, None, ALL)) == []
    at = data.draw(st.integers(0, len(chain) - 1))
    one = chain[at]
    for words, trouble in (("another", SealTrouble.CHANGED), (None, SealTrouble.REMOVED)):
        harmed = [*chain[:at], evolve(one, words=words), *chain[at + 1 :]]
        assert list(seal_faults(harmed, None, ALL)) == [SealFault(trouble, one.number)]


def verified(chain: list[ChainLink], keys: Keys) -> tuple[set[int], set[int]]:
    """The numbers of which something is wrong, and of those whose key is not given."""
    wrong = {fault.number for fault in seal_faults(chain, None, keys)}
    return wrong, {link.number for link in chain if link.seal and key_not_given(link.seal, keys) is not None}


@given(rotated_chains(), st.sets(st.sampled_from(list(ALL)), min_size=1), st.data())
def test_of_a_key_that_is_not_given_nothing_passes_and_nothing_is_called_changed(
    chain: list[ChainLink], given_keys: set[Key], data: st.DataObject
) -> None:
    first, *older = sorted(given_keys, key=lambda key: key.id)
    keys = Keys(first, tuple(older))
    wrong, unverified = verified(chain, keys)
    assert wrong == set()
    assert unverified == {link.number for link in chain if link.seal and not keys.named(link.seal.key_id)}
    at = data.draw(st.integers(0, len(chain) - 1))
    harmed = [*chain[:at], evolve(chain[at], words="another"), *chain[at + 1 :]]
    wrong, unverified = verified(harmed, keys)
    assert chain[at].number in wrong | unverified


@given(rotated_chains(), st.text(max_size=8), st.data())
def test_without_a_key_no_event_passes_by_naming_another(
    chain: list[ChainLink], name: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    seal = chain[at].seal
    assert seal is not None
    names = st.sampled_from([name, "", *(key.id for key in ALL)])
    forged = evolve(chain[at], words="another", seal=evolve(seal, key_id=data.draw(names), digest="0" * 64))
    wrong, unverified = verified([*chain[:at], forged, *chain[at + 1 :]], ALL)
    assert chain[at].number in wrong | unverified
    renamed = evolve(seal, key_id=data.draw(names))
    wrong, unverified = verified([*chain[:at], evolve(chain[at], seal=renamed), *chain[at + 1 :]], ALL)
    assert (wrong | unverified == set()) == (renamed.key_id in {seal.key_id, ""})
