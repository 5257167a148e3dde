/** The kernel as channels see it. */
import type { Answer, Inbound, Reply, Shown } from './message.ts';

export interface Bot {
  /** Handle one inbound; the whole flow is in handle.ts. Never rejects: what goes wrong becomes an answer in words. */
  handle(inbound: Inbound): Promise<Answer>;
  /** Send these outbox messages now, if nobody else is sending them; resolves when tried once. */
  deliver(ids: readonly string[]): Promise<void>;
  /** Send and redraw all that is due; resolves when there is nothing left to do now. */
  pump(): Promise<void>;
  /** Draw a stored reply as it is now, for one person or (null) for a group. */
  draw(reply: Reply, viewer: string | null): Promise<Shown>;
}
