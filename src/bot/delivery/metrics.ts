/** What is counted while the server runs. Who keeps the numbers, and who sees them, is not the kernel's business. */
import type { SendFailure } from './channel.ts';

/** `failed`: for no fault of the person, nothing was kept. */
export type TurnOutcome = 'done' | 'refused' | 'failed';

export interface Counters {
  /** Something that was written or pressed has been answered, after so many milliseconds. */
  turn(channel: string, outcome: TurnOutcome, ms: number): void;
  /** What became of one attempt; `redraw` is a card brought up to date. */
  sent(channel: string, kind: 'reply' | 'notice' | 'digest' | 'redraw', result: 'sent' | SendFailure): void;
  /** Whether a channel waits for its platform to be back. */
  paused(channel: string, paused: boolean): void;
  /** A tick of the scheduler: how late it began, how long it took, in milliseconds. */
  tick(lateMs: number, ms: number): void;
}

/** Counts nothing. */
export const noCounters: Counters = { turn() {}, sent() {}, paused() {}, tick() {} };
