/** What one asks beside the chats: answers that are no messages, choices and commands while one types, words in chats. */
import type { ActionAnswer, Command, FoundMessage, MessageView } from '../wire.ts';
import { type Api, ApiError, newId } from './api.ts';
import type { LookUp } from './combobox.ts';
import { type Shrunk, shrink } from './shrink.ts';

export interface Aside {
  /** The answer to words that are no message of the chat. */
  look(place: string, words: string): Promise<ActionAnswer>;
  /** A press on such an answer; `shows` gets what stands in its place then. */
  press(
    place: string,
    answer: MessageView,
    op: string,
    data: Record<string, unknown>,
    shows: (message: MessageView) => void,
  ): Promise<ActionAnswer>;
  addPhotos(place: string, form: string, files: readonly File[]): Promise<ActionAnswer>;
  /** Messages of all chats that have these words. */
  find(words: string): Promise<readonly FoundMessage[]>;
  choices: LookUp;
  /** What may be typed, asked for once. */
  commands(): Promise<readonly Command[]>;
}

/** Send photos one after the other, made small; resolves to the answer to the last one, or to the first refusal. */
export async function eachPhoto(
  files: readonly File[],
  send: (file: Shrunk['file']) => Promise<ActionAnswer>,
): Promise<ActionAnswer> {
  let answer: ActionAnswer | undefined;
  for (const whole of files) {
    answer = await send((await shrink(whole)).file);
    if (answer.refused) return answer;
  }
  if (!answer) throw new ApiError('refused', '没有选照片。');
  return answer;
}

export function createAside(api: Api): Aside {
  let known: Promise<readonly Command[]> | undefined;
  return {
    look: (place, words) => api.look(place, newId(), words),

    async press(place, aside, op, data, shows) {
      const answer = await api.action({ place, id: newId(), op, data });
      const same = aside.subject && JSON.stringify(answer.shown.subject) === JSON.stringify(aside.subject);
      if (!same || answer.scope !== 'mine') return answer;
      shows({ ...aside, ...answer.shown });
      return { ...answer, scope: 'card' };
    },

    addPhotos: (place, form, files) =>
      eachPhoto(files, (file) => api.photo({ place, id: newId(), form, file })),
    find: (words) => api.find(words),
    choices: (dataset, words) => api.choices(dataset, words),

    commands() {
      known ??= api.commands().catch((error) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}
