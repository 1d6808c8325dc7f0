import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import { Caller, FAST_TRAINING } from './learning-service.ts';
import { type LocalTestService, startLocalService } from './local-service.ts';

/** One storage, and one instance after the other on it: what one has learned or logged the next must know. */
export class SuccessiveServices {
  readonly #azurite: Azurite;
  #service: LocalTestService | undefined;

  private constructor(azurite: Azurite) {
    this.#azurite = azurite;
  }

  static async onNewStorage(): Promise<SuccessiveServices> {
    return new SuccessiveServices(await startAzurite({ inMemory: true }));
  }

  get connectionString(): string {
    return this.#azurite.connectionString;
  }

  /** Of the instance that runs now. */
  get url(): string {
    return this.#service!.url;
  }

  /** Stops the instance that runs and starts the next, which retrains only when asked. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<Caller> {
    await this.#service?.stop();
    this.#service = await startLocalService({
      connectionString: this.connectionString,
      env: { ...FAST_TRAINING, RETRAIN_AFTER: '1000000', RETRAIN_AFTER_HOURLY: '1000000', ...env },
    });
    return new Caller(this.url);
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
    await this.#azurite.stop();
  }
}
