/** A bounded HTTP client: so many connections, each posting its next body as soon as the last one is answered. */
import { Agent, request } from 'node:http';

export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly ok: number;
  readonly failed: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly ms: number;
  /** The next body; undefined ends it before its time. */
  body(): string | undefined;
  /** Whether an answer is what was asked for. */
  fits(status: number, text: string): boolean;
}

export async function load({ url, connections, ms, body, fits }: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  let failed = 0;
  const began = performance.now();
  const until = began + ms;
  const connection = async () => {
    while (performance.now() < until) {
      const text = body();
      if (text === undefined) return;
      const from = performance.now();
      const answer = await post(agent, url, text).catch((error) => ({ status: 0, text: String(error) }));
      if (fits(answer.status, answer.text)) took.push(performance.now() - from);
      else if (failed++ === 0) process.stderr.write(`${answer.status} ${answer.text.slice(0, 300)}\n`);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
  return { perSecond: took.length / seconds, p50: at(0.5), p99: at(0.99), ok: took.length, failed };
}

/** One JSON body; resolves to the answer, whatever it is. */
export function post(agent: Agent, url: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const data = Buffer.from(body);
    const headers = { 'content-type': 'application/json', 'content-length': data.length };
    const req = request(url, { method: 'POST', agent, headers, timeout: 30_000 }, (res) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(new Error('no answer in 30 s')));
    req.on('error', reject);
    req.end(data);
  });
}
