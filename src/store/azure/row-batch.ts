import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import { KeptBuffers } from './kept-buffers.ts';

const httpClient = createDefaultHttpClient();
const memory = new KeptBuffers();
const NONE = Buffer.alloc(0);
const LINE = '\r\n';
const PART_STATUS = /HTTP\/1\.1 \d{3}/;
const PART_REFUSED = /HTTP\/1\.1 ([3-9]\d{2})/;

const MIDDLE =
  `') HTTP/1.1${LINE}Content-Type: application/json${LINE}DataServiceVersion: 3.0${LINE}` +
  `Accept: application/json${LINE}${LINE}${LINE}`;
/** Keys that a URL takes as they are, but for the bar. */
const PLAIN_KEY = /^[\w|-]*$/;
/** Of a verdict and the row that leads to it one takes 1.8 kB, the other 0.6; room that is too small is copied. */
const BYTES_OF_ROW = 1_400;
/** What UTF-8 needs at most for a UTF-16 unit. */
const MAX_BYTES_OF_UNIT = 3;

/** A row of Table Storage as a transaction sends it. */
export interface RowText {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** A JSON object of its properties, `PartitionKey` and `RowKey` among them. */
  readonly json: string;
}

/** Where the part of a row stands in the body. */
interface Place {
  readonly rowKey: string;
  at: number;
  readonly nBytes: number;
}

/**
 * The body of one transaction: rows of one partition to be written over what is there, all or none, up to 100; what
 * `submitTransaction` of the SDK sends for as many upserts. It is written as bytes row by row, so that nothing of a row
 * is kept beside them.
 */
export class RowBatch {
  readonly #table: TableClient;
  readonly #base: string;
  readonly #batch = `batch_${crypto.randomUUID()}`;
  readonly #changeset = `changeset_${crypto.randomUUID()}`;
  readonly #head: string;
  readonly #places: Place[] = [];
  #bytes: Buffer;
  #nBytes = 0;
  #nSent = 0;

  /** @param nRows expected */
  constructor(table: TableClient, nRows = 1) {
    this.#bytes = memory.take((nRows + 2) * BYTES_OF_ROW);
    this.#table = table;
    const [account] = table.url.split('?', 1) as [string];
    this.#base = account.endsWith('/') ? account : `${account}/`;
    this.#head =
      `--${this.#changeset}${LINE}content-type: application/http${LINE}content-transfer-encoding: binary${LINE}${LINE}` +
      `PUT ${this.#base}${table.tableName}(PartitionKey='`;
    this.#write(
      `--${this.#batch}${LINE}content-type: multipart/mixed; boundary=${this.#changeset}${LINE}${LINE}${LINE}`,
    );
  }

  get nRows(): number {
    return this.#places.length;
  }

  /**
   * Adds a row; one of the same key that was added before is taken out: a transaction takes a row once.
   *
   * @param isNew whether it is known that there is none
   */
  add({ partitionKey, rowKey, json }: RowText, isNew = false): void {
    if (!isNew) this.#takeOut(rowKey);
    const at = this.#nBytes;
    this.#write(`${this.#head}${keyInUrl(partitionKey)}',RowKey='${keyInUrl(rowKey)}${MIDDLE}${json}${LINE}`);
    this.#places.push({ rowKey, at, nBytes: this.#nBytes - at });
  }

  /**
   * Sends the rows through the client's own pipeline. The SDK takes every row through a pipeline of its own first, which
   * costs ten times as much as all the rest of writing it.
   *
   * @throws RestError with status and code of the first row that was refused, else of the whole request
   */
  async send(abortSignal: AbortSignal): Promise<void> {
    this.#nSent++;
    const signature = this.#table.url.split('?', 2)[1];
    const response = await this.#table.pipeline.sendRequest(
      httpClient,
      createPipelineRequest({
        url: `${this.#base}$batch${signature === undefined ? '' : `?${signature}`}`,
        method: 'POST',
        // as bytes, so that nobody counts them before they are made
        body: this.#whole(),
        headers: createHttpHeaders({
          accept: 'application/json',
          'x-ms-version': '2019-02-02',
          dataserviceversion: '3.0;',
          maxdataserviceversion: '3.0;NetFx',
          'content-type': `multipart/mixed; boundary=${this.#batch}`,
          'accept-charset': 'UTF-8',
        }),
        abortSignal,
        allowInsecureConnection: this.#base.startsWith('http:'),
      }),
    );
    checkAnswer(response);
  }

  /**
   * Gives the memory back, once the rows are stored: the batch is empty then. What was sent more than once is not given, as
   * an earlier try may still be on its way out.
   */
  close(): void {
    if (this.#nSent === 1) memory.give(this.#bytes);
    this.#bytes = NONE;
    this.#nBytes = 0;
    this.#places.length = 0;
  }

  /** The body so far with its end, which the next row writes over. */
  #whole(): Uint8Array {
    const nBytes = this.#nBytes;
    this.#write(`--${this.#changeset}--${LINE}--${this.#batch}--${LINE}`);
    const whole = this.#bytes.subarray(0, this.#nBytes);
    this.#nBytes = nBytes;
    return whole;
  }

  #takeOut(rowKey: string): void {
    const nth = this.#places.findIndex((place) => place.rowKey === rowKey);
    if (nth < 0) return;
    const [{ at, nBytes }] = this.#places.splice(nth, 1) as [Place];
    this.#bytes.copyWithin(at, at + nBytes, this.#nBytes);
    this.#nBytes -= nBytes;
    for (let n = nth; n < this.#places.length; n++) this.#places[n]!.at -= nBytes;
  }

  #write(text: string): void {
    this.#makeRoom(MAX_BYTES_OF_UNIT * text.length);
    this.#nBytes += this.#bytes.write(text, this.#nBytes);
  }

  #makeRoom(nBytes: number): void {
    const needed = this.#nBytes + nBytes;
    if (needed <= this.#bytes.length) return;
    const larger = memory.take(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#nBytes));
    this.#bytes = larger;
  }
}

function keyInUrl(key: string): string {
  if (!PLAIN_KEY.test(key)) return encodeURIComponent(key.replaceAll("'", "''"));
  let text = '';
  let from = 0;
  for (let bar = key.indexOf('|'); bar >= 0; bar = key.indexOf('|', from)) {
    text += `${key.slice(from, bar)}%7C`;
    from = bar + 1;
  }
  return from === 0 ? key : text + key.slice(from);
}

/** The answer to a batch is accepted as such; what became of its rows stands within. */
function checkAnswer(response: PipelineResponse): void {
  const text = response.bodyAsText ?? '';
  const isAccepted = response.status >= 200 && response.status < 300;
  const refused = isAccepted ? PART_REFUSED.exec(text)?.[1] : response.status;
  if (refused === undefined && PART_STATUS.test(text)) return;
  const error = errorOf(text);
  throw new RestError(error?.message?.value ?? 'The transaction failed.', {
    code: error?.code,
    statusCode: Number(refused ?? response.status),
    request: response.request,
    response,
  });
}

function errorOf(
  text: string,
): { readonly code?: string; readonly message?: { readonly value?: string } } | undefined {
  try {
    return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))['odata.error'];
  } catch {
    return undefined;
  }
}
