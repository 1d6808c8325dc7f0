import type { CorrelationDocument, Level, Logsource } from '../read/document.ts';
import type { Expression } from './expression.ts';

/** A rule ready to be indexed. */
export interface CompiledRule {
  /** Number of the rule in its set. */
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly level: Level | undefined;
  readonly tags: readonly string[];
  readonly logsource: Logsource;
  /** Every other attribute of the document. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** False for a rule that only feeds correlations which do not `generate`. */
  readonly isReported: boolean;
  /** Filters included. */
  readonly expression: Expression;
  /** Whether it can match because a field is absent, see `canHoldByAbsence`. */
  readonly canBeHalf: boolean;
}

/** A correlation whose rules were found. */
export interface CompiledCorrelation {
  readonly index: number;
  readonly document: CorrelationDocument;
  /** What it listens to, in the order of the document. */
  readonly sources: readonly (
    | { readonly kind: 'rule'; readonly index: number }
    | { readonly kind: 'correlation'; readonly index: number }
  )[];
  /** Field of each part of `group-by`, per source. */
  readonly groupFields: readonly (readonly string[])[];
  /** Measured fields, per source. */
  readonly valueFields: readonly (readonly string[])[];
  readonly isReported: boolean;
}
