/** What was read from a payload, and from where. */
export interface MappingReport {
  /** Name of the dialect that read the payload, `generic` where no vendor's was recognised. */
  readonly dialect: string;
  /** Canonical field -> where in the payload it came from; several sources are joined by `, `. */
  readonly fields: Readonly<Record<string, string>>;
  /** Expected fields that the payload does not hold. */
  readonly missing: readonly string[];
  /** Where each entity of the alert came from, in their order. */
  readonly entityPaths: readonly string[];
  readonly warnings: readonly string[];
  /** Share of {@link EXPECTED_FIELDS} that were read from the payload, 0-1. */
  readonly completeness: number;
}

/** Fields every alert should have. A rule name stands for a rule id, a technique for its tactic. */
export const EXPECTED_FIELDS = [
  'id',
  'title',
  'rule_id',
  'severity',
  'occurred_at',
  'tactics',
  'entities',
] as const;

const STAND_INS: Readonly<Record<string, string>> = { rule_id: 'rule_name', tactics: 'techniques' };

/** What a report says of the fields alone. */
export type FieldsRead = Pick<MappingReport, 'fields' | 'missing' | 'completeness'>;

export function fieldsRead(fields: Readonly<Record<string, string>>): FieldsRead {
  const missing: string[] = [];
  for (const field of EXPECTED_FIELDS) {
    const standIn = STAND_INS[field];
    if (fields[field] === undefined && (standIn === undefined || fields[standIn] === undefined))
      missing.push(field);
  }
  return {
    fields,
    missing,
    completeness: (EXPECTED_FIELDS.length - missing.length) / EXPECTED_FIELDS.length,
  };
}

/** Closes a report over what was read. Warnings beyond 50 are counted, not kept. */
export function mappingReport(
  dialect: string,
  { fields, missing, completeness }: FieldsRead,
  warnings: readonly string[],
  entityPaths: readonly string[] = [],
): MappingReport {
  return {
    dialect,
    fields,
    missing,
    entityPaths,
    warnings:
      warnings.length <= 50 ? warnings : [...warnings.slice(0, 50), `${warnings.length - 50} more warnings.`],
    completeness,
  };
}
