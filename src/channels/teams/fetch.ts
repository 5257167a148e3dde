/** Fetches a file: one GET within a deadline and a size, redirected at most within the host that was asked. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError } from '../../lib/errors.ts';
import { sayTooLarge } from '../../lib/filelimits.ts';
import { type Connector, ConnectorError } from './connector.ts';

const MOST_REDIRECTS = 3;

/**
 * The content at `url`, at most `most` bytes, through the connector's agent; `proof` is its authorization, if the
 * place asks for one. Rejects with AppError `invalid` when it is too large, ConnectorError otherwise.
 */
export async function fetchFile(
  url: URL,
  { agent, userAgent }: Pick<Connector, 'agent' | 'userAgent'>,
  proof: string | undefined,
  most: number,
  timeoutMs: number,
): Promise<Uint8Array> {
  const abort = AbortSignal.timeout(timeoutMs);
  let at = url;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await get(at);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return await content(answer, Number(headers['content-length'] ?? 0));
    answer.destroy();
    const next = statusCode >= 300 && statusCode < 400 ? headers.location : undefined;
    if (next === undefined || redirects >= MOST_REDIRECTS || !URL.canParse(next, at))
      throw new ConnectorError(`answered with ${statusCode}`, { statusCode });
    at = new URL(next, at);
    if (at.origin !== url.origin) throw new ConnectorError('redirected to another host', { statusCode });
  }

  function get(where: URL): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { 'user-agent': userAgent, ...(proof !== undefined && { authorization: proof }) };
      const send = where.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(where, { agent, headers, signal: abort }, resolve);
      request.on('error', (error: NodeJS.ErrnoException) => reject(failure(error)));
      request.end();
    });
  }

  async function content(answer: IncomingMessage, length: number): Promise<Uint8Array> {
    const tooLarge = new AppError('invalid', sayTooLarge(undefined, most));
    const parts: Buffer[] = [];
    let size = 0;
    try {
      if (length > most) throw tooLarge;
      for await (const part of answer) {
        size += part.length;
        if (size > most) throw tooLarge;
        parts.push(part);
      }
    } catch (error) {
      answer.destroy();
      throw error instanceof AppError ? error : failure(error as NodeJS.ErrnoException);
    }
    return Buffer.concat(parts);
  }

  function failure({ message, code }: NodeJS.ErrnoException): ConnectorError {
    return abort.aborted
      ? new ConnectorError(`no file within ${timeoutMs} ms`, {})
      : new ConnectorError(message, code === undefined ? {} : { code });
  }
}
