import { isObject, type JsonObject, listOf, textOf } from '../values/json-value.ts';
import { momentOf } from '../values/moment.ts';

/** One entry of a record's history or comments. */
export interface RecordChange {
  readonly by?: string | undefined;
  /** ISO 8601 UTC. */
  readonly at?: string | undefined;
  readonly text?: string | undefined;
}

const AUTHORS = [
  'createdByDisplayName',
  'createdBy',
  'author',
  'user',
  'username',
  'userName',
  'modifiedBy',
  'by',
  'owner',
  'creatorName',
  'creator',
  'created_by',
  'updated_by',
  'updatedBy',
  'UpdatedBy',
  'user_name',
  'author_name',
  'falcon_user_id',
];
const TEXTS = [
  'comment',
  'message',
  'text',
  'body',
  'note',
  'note_text',
  'content',
  'value',
  'Text',
  'action',
];
const TIMES = [
  'createdDateTime',
  'createdTime',
  'createdTimeUtc',
  'lastModifiedTimeUtc',
  'create_time',
  'createdAt',
  'created',
  'timestamp',
  'time',
  'date',
  'created_at',
  'updated_at',
  'updatedAt',
  'UpdatedAt',
];
/** Comments read of one record, from either end of the list, since some vendors list the newest first. */
const MAX_CHANGES = 1000;

/** A record's comments or history as its vendor lists them, newest and oldest in any order. */
export function changesOf(value: unknown): RecordChange[] {
  const entries = listOf(value);
  const read =
    entries.length <= 2 * MAX_CHANGES
      ? entries
      : [...entries.slice(0, MAX_CHANGES), ...entries.slice(-MAX_CHANGES)];
  return read.filter(isObject).map((entry) => {
    const time = TIMES.find((name) => entry[name] !== undefined && entry[name] !== null);
    return {
      by: nameIn(entry),
      at: time === undefined ? undefined : momentOf(entry[time]),
      text: textIn(entry),
    };
  });
}

function textIn(entry: JsonObject): string | undefined {
  for (const name of TEXTS) {
    const text = textOf(entry[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

function nameIn(entry: JsonObject): string | undefined {
  for (const name of AUTHORS) {
    const author = entry[name];
    const text = isObject(author)
      ? textOf(
          author['userPrincipalName'] ??
            author['email'] ??
            author['emailAddress'] ??
            author['name'] ??
            author['displayName'] ??
            author['login'],
        )
      : textOf(author);
    if (text !== undefined) return text;
  }
  return undefined;
}
