import { type Command, Option } from 'commander';
import type { App } from '../../app.ts';
import { serviceHere, withApp } from '../open-app.ts';
import { CallError } from './call-error.ts';
import { ServiceClient, serviceAddress } from './service-client.ts';

export interface ServiceFlags {
  readonly url?: string;
  readonly key?: string;
  readonly token?: string;
}

/** Where a command is answered: by a running service, or else on the storage that the settings name. */
export function addServiceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'ask this running service instead of the storage')
        .argParser(serviceAddress)
        .env('ALERTFOREST_URL'),
    )
    .addOption(new Option('--key <key>', 'function key of that service').env('ALERTFOREST_KEY'))
    .addOption(
      new Option('--token <token>', 'Entra token, where that service asks for one').env('ALERTFOREST_TOKEN'),
    );
}

/** The client of the service that the flags name; undefined where storage is meant. */
export function serviceOf({ url, key, token }: ServiceFlags): ServiceClient | undefined {
  return url === undefined || url === '' ? undefined : new ServiceClient({ url, key, token });
}

/** Both ways of one question, which give the same answer. */
export interface Ways<Answer> {
  readonly service: (client: ServiceClient) => Promise<Answer>;
  readonly storage: (app: App) => Promise<Answer>;
}

export async function ask<Answer>(flags: ServiceFlags, { service, storage }: Ways<Answer>): Promise<Answer> {
  const client = serviceOf(flags);
  return client === undefined ? withApp(storage) : service(client);
}

/**
 * The client of the service that the flags name, else of the one that `npm start` runs here.
 *
 * @throws CallError REQUEST_INVALID where there is none
 */
export function requireService(flags: ServiceFlags): ServiceClient {
  const named = serviceOf(flags);
  if (named !== undefined) return named;
  const here = serviceHere();
  if (here !== undefined) return new ServiceClient({ ...flags, url: here });
  throw new CallError(
    'REQUEST_INVALID',
    'Expected --url (or ALERTFOREST_URL): only a running service can answer this, and none runs here. Run `npm start` in another terminal.',
  );
}
