const DIGITS = /(\d{4})[-/:](\d\d)[-/:](\d\d)[T -](\d\d:\d\d:\d\d(?:\.\d{1,12})?)(Z|[+-]\d\d:?\d\d)?/;
const MONTH_NAME = /[A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:\d\d:\d\d/;

/** The time with a year in what stands before a record, a syslog header for instance, as a text that `momentOf` reads. */
export function headerTime(text: string): string | undefined {
  const digits = DIGITS.exec(text);
  if (digits === null) return MONTH_NAME.exec(text)?.[0];
  const [, year, month, day, clock, zone = ''] = digits;
  return `${year}-${month}-${day}T${clock}${zone}`;
}
