/** What arrives, as the kernel takes it: without what nobody sees, without whom it was said to, without empty fields. */
import { AppError } from '../../lib/errors.ts';
import { wellFormed } from '../../lib/text.ts';
import { readMark } from '../cards/fresh.ts';
import { type Raw, TICK } from '../cards/spec.ts';
import type { Inbound } from './inbound.ts';
import { type Call, unaddressed } from './router.ts';

/** An inbound as it is meant; `soon` when it is a press on what had just come under the finger. */
export function normalize(
  received: Inbound,
  now: Date,
): { readonly inbound: Inbound; readonly soon: boolean } {
  const inbound = wellFormed(received);
  if (inbound.kind === 'text')
    return { inbound: { ...inbound, text: unaddressed(inbound.text) }, soon: false };
  const mark = readMark(inbound.data, now);
  // Clients send null for what was left empty.
  const data = Object.fromEntries(Object.entries(mark.data).filter(([, value]) => value !== null));
  return { inbound: { ...inbound, data: readTicks(data) }, soon: mark.soon };
}

/** The names of the rows that are ticked in one field, as those of a field with many choices come. */
function readTicks(data: Raw): Raw {
  const ticks = Object.keys(data).filter((key) => key.startsWith(TICK));
  if (ticks.length === 0) return data;
  const rest = Object.entries(data).filter(([key]) => !key.startsWith(TICK));
  const on = ticks.filter((key) => data[key] === 'true').map((key) => key.slice(TICK.length));
  return { ...Object.fromEntries(rest), ticked: on.join() };
}

/** Do what is called; a typed command that is refused is shown as it should be typed. */
export async function withExampleIfRefused<T>(call: Call, perform: (call: Call) => Promise<T>): Promise<T> {
  try {
    return await perform(call);
  } catch (error) {
    const unfit = error instanceof AppError && (error.code === 'invalid' || error.code === 'not_found');
    if (!unfit || !call.example) throw error;
    const why = error.publicMessage.replace(/[^。！？]$/, '$&。');
    throw new AppError(error.code, `${why}例如：${call.example}`, { cause: error.cause });
  }
}
