/** POST /api/dingtalk: the same messages over HTTP, for organisations that cannot use the Stream. */
import { createHash, createHmac } from 'node:crypto';
import type { Request, Response } from 'restify';
import type { Log } from '../../lib/log.ts';
import { isSame } from '../../lib/secrets.ts';
import { BodyError, readJson } from '../../web/body.ts';
import type { Web } from '../../web/server.ts';
import { CARD, parsePress, ROBOT } from './frames.ts';
import type { Incoming } from './intake.ts';

const HOUR_MS = 3_600_000;
const MOST_BYTES = 256 * 1024;

export interface HttpParts {
  readonly web: Web;
  readonly log: Log;
  readonly now: () => Date;
  readonly secret: string;
  readonly take: (incoming: Incoming) => Promise<object | undefined>;
}

/** The signature covers the time and not the body: who sends twice is found out by the id of the message. */
function isSigned({ headers }: Request, secret: string, now: Date): boolean {
  const { timestamp, sign } = headers;
  if (typeof timestamp !== 'string' || typeof sign !== 'string' || !/^\d{1,16}$/.test(timestamp))
    return false;
  if (Math.abs(now.getTime() - Number(timestamp)) > HOUR_MS) return false;
  const wanted = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return isSame(sign, wanted);
}

export function mountHttp({ web, log, now, secret, take }: HttpParts): void {
  web.server.post('/api/dingtalk', async (req: Request, res: Response) => {
    if (!isSigned(req, secret, now())) {
      log.info('a request with another signature than that of DingTalk was refused');
      return void res.send(401, {
        code: 'unauthorized',
        message: 'The request needs the signature of DingTalk',
      });
    }
    try {
      const data = JSON.stringify(await readJson(req, MOST_BYTES));
      const press = parsePress(data);
      // A press has no id of its own: what it says, and when that was signed.
      const said = `${req.headers.timestamp} ${data}`;
      const id = `http:${createHash('sha256').update(said).digest('base64url')}`;
      const answer = await take({ id, topic: press ? CARD : ROBOT, data });
      res.send(200, answer ?? {});
    } catch (error) {
      if (error instanceof BodyError)
        return void res.send(error.status, { code: 'bad_request', message: error.message });
      log.error({ err: error }, 'not taken from DingTalk, it will come again');
      res.send(503, { code: 'unavailable', message: 'Not taken, send it again' });
    }
  });
}
