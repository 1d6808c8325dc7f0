import type { z } from 'zod';
import type { BodyBytes } from '../reading/body-bytes.ts';
import type { ProblemStatus } from './problem.ts';

/** Who may call a route. `anonymous` needs nothing; the others are app roles in Entra mode, keys in key mode. */
export type Role = 'anonymous' | 'scorer' | 'analyst' | 'operator';

/** An answer that is bytes. */
export const BYTES = 'application/octet-stream';

/** One call of a route, played in the tests and recorded for the documents. */
export interface ExampleCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers of the calls played before, by route name. */
// biome-ignore lint/suspicious/noExplicitAny: an example reads what the service has answered, whatever its route
export type Answers = Readonly<Record<string, any>>;

/**
 * One route, declared once: its registration, both API documents, the table of docs/routes.md, the keys of
 * infra/caller-functions.json, the clients' table of routes and the tests all read this record. Its name is its key
 * in {@link RouteGroup}, the name of the function that answers.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below `/api/v1/ml`, with `{parameters}`; empty for that address itself. */
  readonly path: string;
  readonly role: Role;
  readonly summary: string;
  readonly description: string;
  /** What stands in each `{parameter}` of the path. */
  readonly params?: Readonly<Record<string, string>>;
  /** Query parameters by name; any other is refused by name. The schemas read text. */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  /** A JSON body in our own words; an empty one is `{}`, keys that the schema does not know are refused by name. */
  readonly body?: z.ZodType;
  /** A body that the handler reads, as vendors write it. The first form is the one that a Swagger 2.0 caller sees. */
  readonly payload?: readonly z.ZodType[];
  /** A body of any type that the handler takes as it streams in, under its own limit; says what it is. */
  readonly stream?: string;
  /**
   * Asked for again and again: answered with an ETag, and 304 to whoever has that answer.
   * `except` names what may change at the top of the body without making it another answer.
   */
  readonly polled?: { readonly except?: readonly string[] };
  readonly success: {
    readonly status: 200 | 202 | 204;
    readonly description: string;
    /** What the answer may be, none for 204; the first form is the one that a Swagger 2.0 caller sees. */
    readonly schemas: readonly z.ZodType[];
    /** Other forms of the same answer, for callers whose `Accept` likes them better. */
    readonly forms?: readonly ('text/markdown' | 'text/html' | typeof BYTES)[];
  };
  /** Problems besides 400, 413 where there is a body, and 401, 403, 500, 503 of every guarded route. */
  readonly problems?: readonly ProblemStatus[];
  /** Other statuses that carry the same answer as success, such as 503 of an unhealthy service. */
  readonly alsoAnswers?: readonly { readonly status: number; readonly description: string }[];
  /** Examples are played in the order of {@link ROUTES}, so that each can use the answers before it. */
  readonly example: (answers: Answers) => ExampleCall;
}

/** Routes by name, of one room. */
export type RouteGroup = Readonly<Record<string, Route>>;

/** Declares the routes of a room; keeps the exact types, from which those of the handlers follow. */
export function defineRoutes<const Group extends RouteGroup>(group: Group): Group {
  return group;
}

export type ParamsOf<R> = R extends { readonly params: infer P }
  ? Readonly<Record<keyof P, string>>
  : unknown;
export type QueryOf<R> = R extends { readonly query: infer Q extends Record<string, z.ZodType> }
  ? { readonly [Name in keyof Q]: z.output<Q[Name]> }
  : unknown;
export type BodyOf<R> = R extends { readonly body: infer B extends z.ZodType }
  ? z.output<B>
  : R extends { readonly payload: unknown }
    ? BodyBytes
    : undefined;
