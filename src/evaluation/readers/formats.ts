/** How a file of labelled alerts may be written. */
export const FORMATS = ['canonical', 'guide', 'wazuh', 'csv'] as const;
export type Format = (typeof FORMATS)[number];
