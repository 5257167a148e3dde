/**
 * Backups of the embedded store while a server has it: the server hands one out through a socket in its data folder,
 * which only its own user can enter, and the tool writes it down.
 */
import { createHash } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../lib/log.ts';

/** Longer paths are no addresses of sockets on Linux and macOS. */
const MOST_CHARS = 100;

function addressIn(dataDir: string): string {
  if (process.platform !== 'win32') return join(dataDir, 'backup.sock');
  return `\\\\.\\pipe\\huishang-${createHash('sha256').update(dataDir).digest('hex').slice(0, 32)}`;
}

/**
 * Hand a backup out to whoever connects; resolves to what ends it. Where there can be no socket it says so in the log,
 * and the server has to be stopped for a backup.
 * @param text of one backup, as of now
 */
export async function handOutBackups(
  dataDir: string,
  text: () => AsyncIterable<string>,
  log: Log,
): Promise<() => Promise<void>> {
  const address = addressIn(dataDir);
  const server = createServer((socket) => {
    pipeline(Readable.from(text()), socket).catch((err) => log.warn({ err }, 'a backup was broken off'));
  });
  try {
    if (address.length > MOST_CHARS) throw new Error(`${address}: too long for the path of a socket`);
    // Of a process that was killed: the lock of the store is ours.
    await rm(address, { force: true });
    await listening(server, address);
    if (process.platform !== 'win32') await chmod(address, 0o600);
  } catch (err) {
    log.warn({ err }, 'no backups while the server runs: stop it for one');
    return async () => {};
  }
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function listening(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
}

/** The text of a backup from the server that has the store now; undefined when none answers. */
export function askForBackup(dataDir: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  return new Promise((resolve) => {
    const socket = connect(addressIn(dataDir));
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => resolve(socket));
  });
}
