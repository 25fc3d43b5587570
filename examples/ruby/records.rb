# Which of a participant's training records an organisation sees: docs/statuses.md, section 3. Days are texts.

require "time"

module Records
  module_function

  def choose(records, viewer, today)
    ours = records.select { |record| holder(record, viewer) == viewer["id"] }
    return { "record_id" => nil, "displaced" => false } if ours.empty?

    rivals = ours | records.select { |record| !holder(record, viewer).nil? && record["starts_on"] <= today }
    { "record_id" => first(ours, today)["record_id"], "displaced" => !ours.include?(first(rivals, today)) }
  end

  # The organisation whose row the record would make: a confirmed delivery partner, or an ECT's appropriate body.
  def holder(record, viewer)
    if viewer["role"] == "delivery_partner"
      record["partnership"] == "confirmed" ? record["delivery_partner_id"] : nil
    else
      record["role"] == "ect" ? record["appropriate_body_id"] : nil
    end
  end

  # Open before ended, then the newest start, the newest update, the highest id.
  def first(records, today)
    records.max_by do |record|
      open = record["ends_on"].nil? || record["ends_on"] >= today
      [open ? 1 : 0, record["starts_on"], Time.iso8601(record["updated_at"]), record["record_id"]]
    end
  end
end
