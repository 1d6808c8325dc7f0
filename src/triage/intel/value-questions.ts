import { z } from 'zod';
import { ENTITY_KINDS, type EntityKind } from '../../alert/alert.ts';
import { containerId } from '../../intake/values/container-id.ts';
import { entityValues } from '../../intake/values/entity-value.ts';
import { isFileHashField } from '../../intake/values/hash-field.ts';
import { macAddress } from '../../intake/values/mac-address.ts';
import { fingerprintKind } from '../../intake/values/network-fingerprint.ts';
import { isPublicName } from '../../intake/values/public-name.ts';
import { isSecretField } from '../../intake/values/secret-field.ts';

/** A question about how one value is read, before any indicator is asked for it. */
export const valueQuestionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(ENTITY_KINDS), input: z.string() }),
  z.object({ kind: z.literal('field'), input: z.object({ field: z.string(), value: z.string() }) }),
  z.object({ kind: z.enum(['mac', 'container', 'fingerprint', 'public-name']), input: z.string() }),
  z.object({ kind: z.literal('same-user'), input: z.tuple([z.string(), z.string()]) }),
]);
export type ValueQuestion = z.infer<typeof valueQuestionSchema>;

/**
 * The answer: the normal form, a list where a text holds several, null where it holds none; for `field` the file hash in
 * it; the kind of a fingerprint; whether the public can look a name up; whether two names are one account.
 */
export function answerValueQuestion(question: ValueQuestion): unknown {
  switch (question.kind) {
    case 'field': {
      const { field, value } = question.input;
      return isFileHashField([field]) && !isSecretField(field) ? answerOf(valuesOf('hash', value)) : null;
    }
    case 'mac':
      return macAddress(question.input) ?? null;
    case 'container':
      return containerId(question.input) ?? null;
    case 'fingerprint':
      return fingerprintKind(question.input) ?? null;
    case 'public-name':
      return isPublicName(question.input);
    case 'same-user': {
      const [one, other] = question.input.map((name) => valuesOf('user', name)[0]);
      return one !== undefined && one === other;
    }
    default:
      return answerOf(valuesOf(question.kind, question.input));
  }
}

const valuesOf = (kind: EntityKind, text: string): string[] =>
  entityValues(kind, text).flatMap((read) => (read.kind === kind ? [read.value] : []));

const answerOf = (values: readonly string[]): unknown => (values.length > 1 ? values : (values[0] ?? null));
