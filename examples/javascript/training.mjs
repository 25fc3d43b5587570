// The status of a participant, and which training record an organisation sees: docs/statuses.md. Days are texts.

const STATES = {
  contacted_for_information: `validation_not_started request_for_details_submitted request_for_details_delivered
    request_for_details_failed`,
  dfe_checking_eligibility: `internal_error checks_not_complete different_trn tra_record_not_found active_flags
    no_induction_start`,
  not_eligible_for_funded_training: `duplicate_profile not_allowed exempt_from_induction previous_induction
    active_mentoring_ero not_yet_mentoring_ero`,
  checking_qts: "not_qualified",
  training_or_eligible_for_training: `registered_for_fip_no_partner registered_for_fip_training
    registered_for_cip_training registered_for_diy_training active_fip_training active_cip_training
    active_diy_training active_mentoring not_yet_mentoring leaving joining`,
  participant_deferred: "deferred_training",
  no_longer_being_trained: `withdrawn_training withdrawn_programme left no_longer_involved
    not_registered_for_training`,
  induction_completed: "completed_training",
};
const STATUS = Object.fromEntries(
  Object.entries(STATES).flatMap(([status, states]) => states.split(/\s+/).map((state) => [state, status])));

const GONE = { withdrawn: "withdrawn_programme", changed: "no_longer_involved" };
const STOPPED = { withdrawn: "withdrawn_training", deferred: "deferred_training" };
const ALERTS = { "manual_check active_flags": "active_flags", "ineligible active_flags": "not_allowed" };
const NOT_ELIGIBLE = {
  "ineligible duplicate_profile": "duplicate_profile",
  "manual_check no_qts": "not_qualified",
  "ineligible exempt_from_induction": "exempt_from_induction",
  "ineligible previous_induction": "previous_induction",
};

const hasPassed = (day, today) => day !== null && day < today;

function stateOf(facts, today) {
  const { induction_status, ends_on, programme, eligibility, mentees } = facts;
  const isEct = facts.role === "ect";
  const decided = `${eligibility} ${facts.eligibility_reason}`;
  if (induction_status in GONE) return GONE[induction_status];
  if (induction_status === "leaving" && hasPassed(ends_on, today)) return "left";
  if (isEct && induction_status === "leaving" && ends_on !== null) return "leaving";
  if (isEct && induction_status === "active" && facts.school_transfer && today < facts.starts_on) return "joining";
  if (facts.training_status in STOPPED) return STOPPED[facts.training_status];
  if (isEct && induction_status === "completed") return "completed_training";
  // Validation.
  if (decided === "manual_check different_trn") return "different_trn";
  if (facts.details_given === "none" && !facts.has_trn) {
    return facts.details_request ? `request_for_details_${facts.details_request}` : "validation_not_started";
  }
  if (facts.check_failed) return "internal_error";
  if ((isEct || facts.details_given === "with_trn") && !facts.trn_validated) return "tra_record_not_found";
  // Eligibility, and mentoring.
  if (eligibility === null && facts.trn_validated) return "checks_not_complete";
  if (decided in ALERTS) return ALERTS[decided];
  if (!isEct) {
    if (mentees === "none") return "not_yet_mentoring";
    const mentoring = mentees === "current" ? "active_mentoring" : "not_yet_mentoring";
    return facts.eligibility_reason === "previous_participation" ? `${mentoring}_ero` : mentoring;
  }
  if (decided in NOT_ELIGIBLE) return NOT_ELIGIBLE[decided];
  // Funding, and the induction.
  if (programme === "fip" && decided === "manual_check no_induction") return "no_induction_start";
  if (programme === "fip" && !facts.has_lead_provider) return "registered_for_fip_no_partner";
  if (programme === "other") return "not_registered_for_training";
  return `${hasPassed(facts.induction_started_on, today) ? "active" : "registered_for"}_${programme}_training`;
}

export function statusOf(facts, today) {
  const state = stateOf(facts, today);
  return { state, status: STATUS[state] };
}
