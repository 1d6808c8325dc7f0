/** The ISO 8601 time in what stands before a record, a syslog header for instance. */
export const headerTime = (text: string): string | undefined =>
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/.exec(text)?.[0];
