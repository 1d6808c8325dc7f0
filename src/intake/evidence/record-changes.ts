import { isObject, type JsonObject, listOf, textOf } from '../values/json-value.ts';
import { momentOf } from '../values/moment.ts';
import type { RecordChange } from './who-closed.ts';

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
];
const TEXTS = ['comment', 'message', 'text', 'body', 'note', 'note_text', 'content', 'value'];
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
];
/** Comments read of one record: what is beyond cannot change who closed it without being newer than all of these. */
const MAX_CHANGES = 200;

/** A record's comments or history as its vendor lists them, newest and oldest in any order. */
export function changesOf(value: unknown): RecordChange[] {
  return listOf(value)
    .filter(isObject)
    .slice(-MAX_CHANGES)
    .map((entry) => {
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
