import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import { AlertforestError } from '../../errors.ts';
import { escapeLineEnds } from './escape-line-ends.ts';

/** Where the storage account is and how to get in: a connection string, or an account and an identity. */
export interface StorageAccount {
  /** `UseDevelopmentStorage=true`, or `AccountName=...;AccountKey=...`; http only on this machine. */
  readonly connectionString?: string;
  readonly accountName?: string;
  readonly blobServiceUri?: string;
  readonly queueServiceUri?: string;
  readonly tableServiceUri?: string;
  /** The app's managed identity; otherwise whatever identity the machine offers (a developer's login). */
  readonly useManagedIdentity?: boolean;
  /** Client id of a user-assigned managed identity. */
  readonly managedIdentityClientId?: string;
  /** An identity of the caller's own, instead of the two above. */
  readonly credential?: AccessTokenSource;
}

/** The part of the SDKs' TokenCredential that is used. */
export interface AccessTokenSource {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** The SDK clients that the stores work with. Building them costs no request and no import but their own. */
export interface StorageClients {
  container(name: string): ContainerClient;
  table(name: string): TableClient;
  /** For listing tables. */
  tableService(): TableServiceClient;
  queue(name: string): Promise<QueueClient>;
}

// Retries are made by StorageCaller, bounded in time.
const BLOB_OPTIONS = { retryOptions: { maxTries: 1 } };
const TABLE_OPTIONS = {
  retryOptions: { maxRetries: 0 },
  additionalPolicies: [{ policy: escapeLineEnds, position: 'perCall' as const }],
};

const DEVELOPMENT_STORAGE = /^\s*UseDevelopmentStorage\s*=\s*true\s*(?:;\s*)?$/i;

/**
 * Builds the clients of one storage account.
 *
 * @throws AlertforestError CONFIG_INVALID when the account is named in no usable way, or over http elsewhere than here
 */
export function createStorageClients(account: StorageAccount): StorageClients {
  return account.connectionString === undefined
    ? identityClients(account)
    : connectionStringClients(account.connectionString);
}

function connectionStringClients(connectionString: string): StorageClients {
  const isInsecure = checkConnectionString(connectionString);
  const invalid = (cause: unknown): AlertforestError =>
    new AlertforestError(
      'CONFIG_INVALID',
      'Expected `AzureWebJobsStorage` to be a storage connection string.',
      {
        cause,
      },
    );
  try {
    const blobs = BlobServiceClient.fromConnectionString(connectionString, BLOB_OPTIONS);
    // Reads the table part now, so that a wrong string fails at start and not at the first feedback.
    TableClient.fromConnectionString(connectionString, 'check', { allowInsecureConnection: isInsecure });
    return {
      container: (name) => blobs.getContainerClient(name),
      table: (name) =>
        TableClient.fromConnectionString(connectionString, name, {
          ...TABLE_OPTIONS,
          allowInsecureConnection: isInsecure,
        }),
      tableService: () =>
        TableServiceClient.fromConnectionString(connectionString, {
          ...TABLE_OPTIONS,
          allowInsecureConnection: isInsecure,
        }),
      queue: async (name) => {
        const { QueueServiceClient } = await import('@azure/storage-queue');
        return QueueServiceClient.fromConnectionString(connectionString, BLOB_OPTIONS).getQueueClient(name);
      },
    };
  } catch (error) {
    throw invalid(error);
  }
}

/** Whether the connection goes over http; allowed only where it does not leave this machine. */
function checkConnectionString(connectionString: string): boolean {
  if (DEVELOPMENT_STORAGE.test(connectionString)) return true;
  const parts = new Map(
    connectionString
      .split(';')
      .filter((part) => part.trim() !== '')
      .map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
      }),
  );
  const endpoints = ['blobendpoint', 'queueendpoint', 'tableendpoint'].flatMap(
    (name) => parts.get(name) ?? [],
  );
  const insecure = endpoints.filter((endpoint) => endpoint.toLowerCase().startsWith('http://'));
  const isHttpByDefault =
    parts.get('defaultendpointsprotocol')?.toLowerCase() === 'http' && endpoints.length < 3;
  if (isHttpByDefault || insecure.some((endpoint) => !isLoopback(endpoint))) {
    throw new AlertforestError(
      'CONFIG_INVALID',
      'Expected `AzureWebJobsStorage` to use https; http is for storage on this machine only.',
    );
  }
  return insecure.length > 0;
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function identityClients(account: StorageAccount): StorageClients {
  const uriOf = (service: 'blob' | 'queue' | 'table', given: string | undefined): string => {
    const uri =
      given ?? (account.accountName && `https://${account.accountName}.${service}.core.windows.net`);
    if (!uri) {
      throw new AlertforestError(
        'CONFIG_INVALID',
        `Expected \`AzureWebJobsStorage__${service}ServiceUri\` or \`AzureWebJobsStorage__accountName\`.`,
      );
    }
    if (!uri.startsWith('https://')) {
      throw new AlertforestError(
        'CONFIG_INVALID',
        `Expected an https address of ${service} storage, got ${uri}.`,
      );
    }
    return uri.replace(/(?<!\/)\/+$/, '');
  };
  const blobUri = uriOf('blob', account.blobServiceUri);
  const tableUri = uriOf('table', account.tableServiceUri);
  const queueUri = uriOf('queue', account.queueServiceUri);
  const credential = account.credential ?? lazyCredential(account);
  const blobs = new BlobServiceClient(blobUri, credential, BLOB_OPTIONS);
  return {
    container: (name) => blobs.getContainerClient(name),
    table: (name) => new TableClient(tableUri, name, credential, TABLE_OPTIONS),
    tableService: () => new TableServiceClient(tableUri, credential, TABLE_OPTIONS),
    queue: async (name) => {
      const { QueueServiceClient } = await import('@azure/storage-queue');
      return new QueueServiceClient(queueUri, credential, BLOB_OPTIONS).getQueueClient(name);
    },
  };
}

/** Loads the identity library with the first token: a start with a connection string never pays for it. */
function lazyCredential(account: StorageAccount): AccessTokenSource {
  let source: Promise<AccessTokenSource> | undefined;
  const load = async (): Promise<AccessTokenSource> => {
    const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
    const clientId = account.managedIdentityClientId;
    if (account.useManagedIdentity) {
      return clientId === undefined
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId });
    }
    return new DefaultAzureCredential({ managedIdentityClientId: clientId });
  };
  return {
    getToken: async (scopes, options) => {
      source ??= load();
      return (await source).getToken(scopes, options);
    },
  };
}
