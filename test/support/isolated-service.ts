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
    return { url: service.url, service, connectionString, stop: () => service.stop() };
  });
}
