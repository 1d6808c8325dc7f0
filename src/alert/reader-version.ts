/**
 * Version of the reader that turns payloads into alerts. Raised when it reads the same payload so that a column or a key
 * of the track record comes out otherwise; rows keep the version by which they were read, those from before it was named
 * have none and count as 1. Columns and families that it reads otherwise in many alerts get a new name with it.
 *
 * 2: one key and source for a product's alert whichever way it comes, evidence by shape, entity values in one normal
 * form, severities in every spelling.
 */
export const READER_VERSION = 2;
