import { startFromFirstModels } from './first-models.ts';
import { Caller, FAST_TRAINING } from './learning-service.ts';
import { type LocalTestService, startLocalService } from './local-service.ts';

/** One storage, and one instance after the other on it: what one has learned or logged the next must know. */
export class SuccessiveServices {
  #connectionString: string | undefined;
  #service: LocalTestService | undefined;

  /** Of the storage account that all of them use. */
  get connectionString(): string {
    return this.#connectionString!;
  }

  /** Of the instance that runs now. */
  get url(): string {
    return this.#service!.url;
  }

  /** Stops the instance that runs and starts the next, which retrains only when asked. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<Caller> {
    await this.#service?.stop();
    const settings = { ...FAST_TRAINING, RETRAIN_AFTER: '1000000', RETRAIN_AFTER_HOURLY: '1000000', ...env };
    const start = (connectionString: string): Promise<LocalTestService> => {
      this.#connectionString = connectionString;
      return startLocalService({ connectionString, env: settings });
    };
    this.#service = await (this.#connectionString === undefined
      ? startFromFirstModels(settings, start)
      : start(this.#connectionString));
    return new Caller(this.url);
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
  }
}
