import type { KeySet } from './function-keys.ts';
import type { FunctionMetadata, TypedData } from './functions-core.ts';

/** What the worker process is told once, before it loads the app. */
export interface WorkerOptions {
  /** Path of the compiled app, an ES or CommonJS module. */
  readonly bundle: string;
  /** Folder of the app: where host.json lies. */
  readonly directory: string;
  readonly routePrefix: string;
  readonly port: number;
  /** Keys to enforce, or the file that holds them (made when missing). Absent: no keys are asked for. */
  readonly keys?: KeySet | { readonly file: string };
  readonly responseTimeoutMs: number;
  /** Where `/` leads to; absent: the host answers it itself. */
  readonly homePath?: string;
  readonly logLevel: Readonly<Record<string, string>>;
}

export type MessageToWorker =
  | { readonly type: 'start'; readonly options: WorkerOptions }
  | {
      readonly type: 'invoke';
      readonly id: number;
      readonly functionName: string;
      readonly data: TypedData;
      readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    }
  | { readonly type: 'stop'; readonly timeoutMs: number };

export type MessageFromWorker =
  | { readonly type: 'ready'; readonly port: number; readonly functions: readonly FunctionMetadata[] }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'result'; readonly id: number; readonly error?: string };
