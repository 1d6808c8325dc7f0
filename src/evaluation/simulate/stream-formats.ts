/** How a file of alerts that is played may be written. */
export const STREAM_FORMATS = ['auto', 'ait', 'canonical'] as const;
export type StreamFormat = (typeof STREAM_FORMATS)[number];
