import type { Answers, Route } from './route.ts';

export interface PlayedCall {
  readonly method: string;
  /** With its query, below `/api/v1/ml`. */
  readonly path: string;
  readonly body: unknown;
}

/** The example of a route as a request, given what the routes before it have answered. */
export function exampleCall(route: Route, answers: Answers): PlayedCall {
  const { params = {}, query = {}, body } = route.example(answers);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const text = new URLSearchParams(query).toString();
  return { method: route.method.toUpperCase(), path: text === '' ? path : `${path}?${text}`, body };
}
