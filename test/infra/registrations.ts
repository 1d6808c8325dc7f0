import { vi } from 'vitest';
import { ALL_ROUTES } from '../../src/api/routes.ts';

export interface RegisteredRoute {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly string[];
  readonly role: string;
}

export interface Registrations {
  readonly routes: readonly RegisteredRoute[];
  /** Timer functions by name, with their options. */
  readonly timers: Readonly<Record<string, { readonly schedule: string; readonly runOnStartup?: boolean }>>;
  readonly queues: Readonly<Record<string, { readonly queueName: string; readonly connection: string }>>;
}

/** Loads functions/index.ts with the registration calls recorded and nothing behind them. */
export async function captureRegistrations(): Promise<Registrations> {
  const routes: RegisteredRoute[] = [];
  const timers: Record<string, { schedule: string }> = {};
  const queues: Record<string, { queueName: string; connection: string }> = {};
  vi.doMock('../../functions/services.ts', () => ({ services: vi.fn(), existingServices: vi.fn() }));
  vi.doMock('@azure/functions', () => ({
    app: {
      setup: vi.fn(),
      http: (name: string, { route, methods }: { route: string; methods: string[] }) => {
        const path = route.replace(/^v1\/ml\/?/, '');
        routes.push({ name, path, methods, role: ALL_ROUTES[name]?.role ?? 'not declared' });
      },
      hook: { appStart: vi.fn(), appTerminate: vi.fn(), preInvocation: vi.fn(), postInvocation: vi.fn() },
      timer: (name: string, options: { schedule: string }) => {
        timers[name] = options;
      },
      storageQueue: (name: string, options: { queueName: string; connection: string }) => {
        queues[name] = options;
      },
    },
  }));
  vi.resetModules();
  try {
    await import('../../functions/index.ts');
  } finally {
    vi.doUnmock('../../functions/services.ts');
    vi.doUnmock('@azure/functions');
    vi.resetModules();
  }
  return { routes, timers, queues };
}
