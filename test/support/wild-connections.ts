import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

// Connections that do nothing, or nothing good. Linux only: what they cost is read from /proc.

const HEAD = 'POST /api/v1/ml/predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n';
const BEGUN = `${HEAD}content-length: 100000\r\n\r\n{"id":`;
const SLOW_EVERY_MS = 200;

export interface WildKind {
  readonly name: string;
  /** Begins what the connection does; it is closed by whoever opened it. */
  readonly begin: (socket: Socket) => void;
}

export const WILD_KINDS = {
  idle: {
    name: 'idle keep-alive',
    begin: (socket) => socket.write('GET /api/v1/ml/health HTTP/1.1\r\nhost: a\r\n\r\n'),
  },
  slow: {
    name: 'uploads of five bytes a second',
    begin: (socket) => {
      socket.write(BEGUN);
      const drip = setInterval(() => socket.write(' '), SLOW_EVERY_MS);
      socket.once('close', () => clearInterval(drip));
    },
  },
  endless: { name: 'uploads that never end', begin: (socket) => socket.write(BEGUN) },
  aborted: {
    name: 'uploads that are aborted',
    begin: (socket) => socket.write(BEGUN, () => socket.destroy()),
  },
  halfBody: {
    name: 'half closed in the middle of a body',
    begin: (socket) => socket.end(BEGUN),
  },
  halfHead: {
    name: 'half closed in the middle of the headers',
    begin: (socket) => socket.end(HEAD),
  },
  halfWhole: {
    name: 'half closed behind a whole request',
    begin: (socket) => socket.end(`${HEAD}content-length: 2\r\n\r\n{}`),
  },
} as const satisfies Record<string, WildKind>;

export interface WildSocket {
  readonly socket: Socket;
  /** Whether the other side has ended it, or both have. */
  readonly isOver: () => boolean;
  /** Status line of what was answered, '' without an answer. */
  readonly answer: () => string;
}

/** Opens `n` connections one after the other and lets each begin. */
export async function openWild(port: number, { begin }: WildKind, n: number): Promise<WildSocket[]> {
  const sockets: WildSocket[] = [];
  for (let done = 0; done < n; done++) {
    // half open on this side: it notices the end that the other side sends, and does not answer it with its own
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let [answer, isOver] = ['', false];
    socket.on('error', () => {});
    socket.once('data', (data: Buffer) => {
      answer = data.toString('latin1').split('\r\n', 1)[0] ?? '';
    });
    socket.on('data', () => {});
    for (const end of ['end', 'close']) {
      socket.once(end, () => {
        isOver = true;
      });
    }
    sockets.push({ socket, isOver: () => isOver, answer: () => answer });
    await new Promise<void>((resolve, reject) =>
      socket.once('connect', () => resolve()).once('error', reject),
    );
    begin(socket);
  }
  return sockets;
}

/** Open file descriptors of a process. */
export const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Resident memory of a process, in MB. */
export const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
