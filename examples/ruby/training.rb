# The status of a participant: docs/statuses.md, section 1. Days are texts, which sort as days do.

require_relative "statuses"

module Training
  GONE = { "withdrawn" => "withdrawn_programme", "changed" => "no_longer_involved" }.freeze
  STOPPED = { "withdrawn" => "withdrawn_training", "deferred" => "deferred_training" }.freeze
  ALERTS = { %w[manual_check active_flags] => "active_flags", %w[ineligible active_flags] => "not_allowed" }.freeze
  NOT_ELIGIBLE = {
    %w[ineligible duplicate_profile] => "duplicate_profile",
    %w[manual_check no_qts] => "not_qualified",
    %w[ineligible exempt_from_induction] => "exempt_from_induction",
    %w[ineligible previous_induction] => "previous_induction"
  }.freeze

  # The facts of one participant on a day.
  class Participant
    def initialize(facts, today) = (@facts, @today = facts, today)
    def state = gone || moving || stopped || validation || ALERTS[decided] || (ect? ? induction : mentoring)
    def status = STATUS[state]

    private

    def is?(fact, word) = @facts[fact] == word
    def ect? = is?("role", "ect")
    def decided = @facts.values_at("eligibility", "eligibility_reason")
    def passed?(fact) = !@facts[fact].nil? && @facts[fact] < @today

    def gone
      GONE[@facts["induction_status"]] || (is?("induction_status", "leaving") && passed?("ends_on") && "left")
    end

    def moving
      return unless ect?
      return "leaving" if is?("induction_status", "leaving") && !is?("ends_on", nil)
      "joining" if is?("induction_status", "active") && @facts["school_transfer"] && @today < @facts["starts_on"]
    end

    def stopped
      STOPPED[@facts["training_status"]] || (ect? && is?("induction_status", "completed") && "completed_training")
    end

    def validation
      return "different_trn" if decided == %w[manual_check different_trn]
      return request if is?("details_given", "none") && !@facts["has_trn"]
      return "internal_error" if @facts["check_failed"]
      return "tra_record_not_found" if (ect? || is?("details_given", "with_trn")) && !@facts["trn_validated"]
      "checks_not_complete" if is?("eligibility", nil) && @facts["trn_validated"]
    end

    def request
      is?("details_request", nil) ? "validation_not_started" : "request_for_details_#{@facts['details_request']}"
    end

    def mentoring
      return "not_yet_mentoring" if is?("mentees", "none")
      mentoring = is?("mentees", "current") ? "active_mentoring" : "not_yet_mentoring"
      is?("eligibility_reason", "previous_participation") ? "#{mentoring}_ero" : mentoring
    end

    def induction
      return NOT_ELIGIBLE[decided] if NOT_ELIGIBLE.key?(decided)
      if is?("programme", "fip")
        return "no_induction_start" if decided == %w[manual_check no_induction]
        return "registered_for_fip_no_partner" unless @facts["has_lead_provider"]
      end
      return "not_registered_for_training" if is?("programme", "other")
      "#{passed?('induction_started_on') ? 'active' : 'registered_for'}_#{@facts['programme']}_training"
    end
  end
end
