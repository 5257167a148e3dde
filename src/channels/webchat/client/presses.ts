/**
 * What is pressed on the cards of a chat. A form that is sent in while there is no line is kept in the browser and sent
 * by itself once there is one, as the same press, so that the server takes it once.
 */
import type { ActionAnswer, MessageView } from '../wire.ts';
import { type Api, ApiError, newId } from './api.ts';
import type { Drafts } from './drafts.ts';
import { type Room, redrawn, turned, without } from './room.ts';
import type { Unsent } from './unsent.ts';

/** Leaves a form instead of sending it in. */
const CANCEL = 'form.cancel';

type Pressed = Pick<MessageView, 'id' | 'subject'>;

export interface Presses {
  /** `kept`: there is no line, and the form goes out by itself later. */
  press(
    place: string,
    message: MessageView,
    op: string,
    data: Record<string, unknown>,
    title?: string,
  ): Promise<ActionAnswer | 'kept'>;
  /** Whether a form that stands in the place of this message is filled in and waits for the line. */
  isKept(place: string, message: string): boolean;
  /** Another number whenever a kept form of this message was answered: its card begins anew. */
  round(message: string): number;
  /** Puts what is answered into the room. */
  answered(place: string, message: Pressed, sent: Promise<ActionAnswer>): Promise<ActionAnswer>;
  /** Send a kept form in. What comes of it stands where the form was, also when it has to be changed. */
  deliver(place: string, id: string, press: NonNullable<Unsent['press']>): Promise<void>;
}

export interface PressParts {
  readonly api: Pick<Api, 'action'>;
  readonly drafts: Pick<Drafts, 'saveCard'>;
  room(place: string): Room | undefined;
  update(place: string, change: (room: Room) => Room): void;
  /** Keep it, and send it when there is a line. */
  say(item: Unsent): Promise<void>;
  /** Fetch what changed. */
  caughtUp(place: string): Promise<void>;
}

export function createPresses({ api, drafts, room, update, say, caughtUp }: PressParts): Presses {
  /** Presses whose answer was lost: the same press again must be the same one for the server, too. */
  const unanswered = new Map<string, string>();
  const rounds = new Map<string, number>();

  async function answered(
    place: string,
    { id, subject }: Pressed,
    sent: Promise<ActionAnswer>,
  ): Promise<ActionAnswer> {
    const answer = await sent;
    const { scope, shown } = answer;
    const same = JSON.stringify(shown.subject) === JSON.stringify(subject) && subject !== undefined;
    if (scope === 'card' || (scope === 'mine' && same)) update(place, (now) => redrawn(now, id, shown));
    await caughtUp(place);
    return scope === 'mine' && same ? { ...answer, scope: 'card' } : answer;
  }

  return {
    answered,
    isKept: (place, message) => room(place)?.pending.some(({ press }) => press?.message === message) ?? false,
    round: (message) => rounds.get(message) ?? 0,

    async press(place, message, op, data, title = '') {
      const what = JSON.stringify([place, message.id, op, data]);
      const press = unanswered.get(what) ?? newId();
      unanswered.set(what, press);
      try {
        const sent = api.action({ place, id: press, message: message.id, op, data });
        const answer = await answered(place, message, sent);
        unanswered.delete(what);
        return answer;
      } catch (error) {
        const lost = error instanceof ApiError && error.kind === 'network';
        if (!lost) unanswered.delete(what);
        if (!lost || typeof data.form !== 'string' || op === CANCEL) throw error;
        unanswered.delete(what);
        const item = { id: press, place, text: title, ask: false, at: new Date().toISOString() };
        await say({ ...item, press: { message: message.id, op, data } });
        return 'kept';
      }
    },

    async deliver(place, id, { message, op, data }) {
      update(place, (now) => turned(now, id, { waits: null }));
      const pressed = room(place)?.messages.find((one) => one.id === message) ?? { id: message };
      const sent = api.action({ place, id, message, op, data });
      const { scope, shown, refused } = await answered(place, pressed, sent);
      if (scope === 'mine') drafts.saveCard(message, { values: {}, own: shown });
      else if (!refused) drafts.saveCard(message, undefined);
      rounds.set(message, (rounds.get(message) ?? 0) + 1);
      const notice = scope === 'words' ? { notice: shown.text } : {};
      update(place, (now) => ({ ...without(now, id), ...notice }));
    },
  };
}
