/**
 * How a file of labelled alerts may be written. Evidence rows of GUIDE are joined to alerts; everything else is read as
 * the service reads what is posted, so the three other names say the same as `auto`.
 */
export const FORMATS = ['auto', 'guide', 'canonical', 'wazuh', 'csv'] as const;
export type Format = (typeof FORMATS)[number];
