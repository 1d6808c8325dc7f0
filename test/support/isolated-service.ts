import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import { type LocalServiceTestOptions, type LocalTestService, startLocalService } from './local-service.ts';

export interface IsolatedService {
  readonly url: string;
  readonly service: LocalTestService;
  readonly azurite: Azurite;
  stop(): Promise<void>;
}

/**
 * A service with an Azurite of its own: names of tables and containers are fixed, so two services on one storage
 * would be two instances of the same service.
 */
export async function startIsolatedService(
  options: Omit<LocalServiceTestOptions, 'connectionString'> = {},
): Promise<IsolatedService> {
  const azurite = await startAzurite({ inMemory: true });
  try {
    const service = await startLocalService({ ...options, connectionString: azurite.connectionString });
    return {
      url: service.url,
      service,
      azurite,
      stop: async () => {
        await service.stop();
        await azurite.stop();
      },
    };
  } catch (error) {
    await azurite.stop();
    throw error;
  }
}
