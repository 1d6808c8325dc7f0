import { call, eventually } from './call-service.ts';
import { startFromFirstModels } from './first-models.ts';
import { type LocalServiceTestOptions, type LocalTestService, startLocalService } from './local-service.ts';

export interface IsolatedService {
  readonly url: string;
  readonly service: LocalTestService;
  /** Of the storage account that it has to itself. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

/**
 * A service with a storage account of its own: names of tables and containers are fixed, so two services on one
 * account would be two instances of the same service.
 */
export function startIsolatedService(
  options: Omit<LocalServiceTestOptions, 'connectionString'> = {},
): Promise<IsolatedService> {
  return startFromFirstModels(options.env ?? {}, async (connectionString) => {
    const service = await startLocalService({ ...options, connectionString });
    // An alert that comes before is scored alone: its incident is there later.
    await eventually('what instances share', async () => {
      const key: Record<string, string> =
        options.keys === undefined ? {} : { 'x-functions-key': options.keys.master };
      const { body } = await call(service.url, 'GET', '/incidents', undefined, key);
      return body.state !== 'loading';
    });
    return { url: service.url, service, connectionString, stop: () => service.stop() };
  });
}
