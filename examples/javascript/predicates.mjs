// Conditions on the fields of a row, as UCAST has them: docs/other-languages.md.

const field = (operator, name, value) => ({ type: "field", operator, field: name, value });
export const compound = (operator, ...parts) => ({ type: "compound", operator, value: parts });

export const equals = (name, value) => field("eq", name, value);
export const blank = (name) => compound("or", field("eq", name, null), field("eq", name, ""));
export const bounded = (name, operator, bound) => compound("and", field("ne", name, null), field(operator, name, bound));

export function holds({ operator, field, value }, row) {
  switch (operator) {
    case "and": return value.every((part) => holds(part, row));
    case "or": return value.some((part) => holds(part, row));
    case "eq": return row[field] === value;
    case "ne": return row[field] !== value;
    case "gte": return row[field] >= value;
    case "lte": return row[field] <= value;
    default: throw new Error(`This operator is not known: ${operator}`);
  }
}
