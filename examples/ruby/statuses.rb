# The status of each state: docs/statuses.md, section 2.

module Training
  STATES = {
    "contacted_for_information" => %w[validation_not_started request_for_details_submitted
                                      request_for_details_delivered request_for_details_failed],
    "dfe_checking_eligibility" => %w[internal_error checks_not_complete different_trn tra_record_not_found active_flags
                                     no_induction_start],
    "not_eligible_for_funded_training" => %w[duplicate_profile not_allowed exempt_from_induction previous_induction
                                             active_mentoring_ero not_yet_mentoring_ero],
    "checking_qts" => %w[not_qualified],
    "training_or_eligible_for_training" => %w[registered_for_fip_no_partner registered_for_fip_training
                                              registered_for_cip_training registered_for_diy_training
                                              active_fip_training active_cip_training active_diy_training
                                              active_mentoring not_yet_mentoring leaving joining],
    "participant_deferred" => %w[deferred_training],
    "no_longer_being_trained" => %w[withdrawn_training withdrawn_programme left no_longer_involved
                                    not_registered_for_training],
    "induction_completed" => %w[completed_training]
  }.freeze
  STATUS = STATES.flat_map { |status, states| states.map { |state| [state, status] } }.to_h.freeze
end
