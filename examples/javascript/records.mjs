// Which of a participant's training records an organisation sees: docs/statuses.md, section 3. Days are texts.

const confirmedPartner = (record) => (record.partnership === "confirmed" ? record.delivery_partner_id : null);
const bodyOfEct = (record) => (record.role === "ect" ? record.appropriate_body_id : null);

export function chooseRecord(records, viewer, today) {
  const holder = viewer.role === "delivery_partner" ? confirmedPartner : bodyOfEct;
  const isOurs = (record) => holder(record) === viewer.id;
  const hasStarted = (record) => holder(record) !== null && record.starts_on <= today;
  const ours = records.filter(isOurs);
  if (!ours.length) return { record_id: null, displaced: false };
  const rivals = records.filter((record) => isOurs(record) || hasStarted(record));
  return { record_id: first(ours, today).record_id, displaced: !isOurs(first(rivals, today)) };
}

// Open before ended, then the newest start, the newest update, the highest id.
function first(records, today) {
  const order = ({ ends_on, starts_on, updated_at, record_id }) => {
    const isOpen = ends_on === null || ends_on >= today;
    return [Number(isOpen), starts_on, new Date(updated_at).toISOString(), record_id].join(" ");
  };
  const best = records.map(order).sort().at(-1);
  return records.find((record) => order(record) === best);
}
