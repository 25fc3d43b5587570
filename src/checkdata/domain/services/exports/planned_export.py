"""What an export is to write, and who gets no file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import field, frozen

from checkdata.domain.access.decision import Refused, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.exports import ExportJob
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.filters import refuse_filters_of_others
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, Role
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.training.records import Viewer
from checkdata.domain.values import ImportId, london_date


@frozen(kw_only=True)
class ExportRequest:
    """What to export: the organisations named, or all of the role (None); the same words as a page's address."""

    role: Role = Role.DELIVERY_PARTNER
    organisation_ids: Sequence[str] | None = None
    search: str = ""
    filters: Mapping[str, str] = field(factory=dict)
    raw: bool = False
    extended: bool = False

    def query(self, scope: Scope) -> ParticipantQuery:
        """The query for one organisation; `InvalidQuery` where a word is not understood, or no filter of the role's."""
        refuse_filters_of_others(self.role, self.filters)
        return ParticipantQuery.of(scope, search=self.search, **self.filters)


@frozen(kw_only=True)
class ExportPlan:
    """The files to write, all of one import, and the organisations that get none, with the reason, by id."""

    jobs: Sequence[ExportJob]
    import_id: ImportId | None
    refused: Mapping[str, str]


def plan_export(storage: Storage, request: ExportRequest, now: datetime) -> ExportPlan:
    """Decide as of *now* which organisations get a file, by the rules of access.

    Raises `InvalidQuery` for a filter that is not understood and `ChangeRefused` for an organisation that does not
    exist.
    """
    with storage.reading() as work:
        agreements = _agreements(work)
        scopes = {viewer: _scope(viewer, agreements[viewer.id], now) for viewer in _viewers(work, request)}
        as_of = work.participants.as_of()
    import_id = id_of(as_of)
    named = request.organisation_ids is not None
    return ExportPlan(
        jobs=[
            ExportJob(
                viewer=viewer,
                query=request.query(scope),
                import_id=import_id,
                at=now,
                safe=not request.raw,
                extended=request.extended,
            )
            for viewer, scope in scopes.items()
            if isinstance(scope, Scope)
        ],
        import_id=import_id,
        refused={v.id: s.detail for v, s in scopes.items() if isinstance(s, Refused)} if named else {},
    )


def _viewers(work: UnitOfWork, request: ExportRequest) -> list[Viewer]:
    every: dict[str, Viewer] = {
        o.id: o for o in work.organisations.all(request.role) if isinstance(o, DeliveryPartner | AppropriateBody)
    }
    if request.organisation_ids is None:
        return list(every.values())
    unknown = [name for name in request.organisation_ids if name not in every]
    if unknown:
        kind = request.role.value.replace("_", " ")
        raise ChangeRefused(f"There is no {kind} with the id {', '.join(unknown)}. Nothing was exported.")
    return [every[name] for name in dict.fromkeys(request.organisation_ids)]


def _agreements(work: UnitOfWork) -> Mapping[str, Sequence[Agreement]]:
    """The agreements of every delivery partner, by its id, because one query each would take as long as a file."""
    found = defaultdict[str, list[Agreement]](list)
    for agreement in work.organisations.agreements():
        found[agreement.delivery_partner_id].append(agreement)
    return found


def _scope(viewer: Viewer, agreements: Sequence[Agreement], now: datetime) -> Scope | Refused:
    return scope_of(viewer, agreements if isinstance(viewer, DeliveryPartner) else (), on=london_date(now))
