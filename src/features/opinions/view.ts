/** An opinion as a card: for who said it without who answered, for the organiser with who said it. */
import { button, note, type RecordCard, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { unitName } from '../orgs/index.ts';
import { namesOf, type Opinion, opinions, STATE_NAMES } from './model.ts';
import { rights } from './rights.ts';

/** `待答复（11月27日前）` */
export function sayStanding({ state, due }: Opinion, today: string): string {
  return state === 'open' ? `${STATE_NAMES.open}（${sayDay(due, today)}前）` : STATE_NAMES[state];
}

/** The card for who said it, or for who answers: with the button, when it is this person's to press. */
export async function opinionCard(
  { tx, today }: World,
  row: Opinion,
  viewer: 'giver' | 'organiser' | 'answerer',
): Promise<RecordCard> {
  const { id, name, unit, words, at, due, state, answer, answeredAt } = row;
  const from = unit === null ? `${name}（名单上没有）` : `${name}（${await unitName(tx, unit)}）`;
  const open = state === 'open';
  return recordCard({
    number: id,
    title: '意见',
    state: STATE_NAMES[state],
    style: open ? 'emphasis' : 'good',
    ask: !open ? '' : viewer === 'answerer' ? sayAsk(due, today) : viewer === 'giver' ? THANKS : '',
    facts: [
      ['意见', words],
      ['谁提的', viewer === 'giver' ? '' : from],
      ['提交', sayTime(at, today)],
      ['答复期限', open ? `${sayDay(due, today)}前` : ''],
      ['答复', answer],
      ['答复时间', answeredAt ? sayTime(answeredAt, today) : ''],
    ],
    buttons: viewer === 'answerer' ? [button(rights.answer, { opinion: id }, 'positive')] : [],
  });
}

const THANKS = '收到了，谢谢。有了答复就告诉您。';
const sayAsk = (due: string, today: string) =>
  today > due ? '已经超期，请您尽快答复。' : `请您在${sayDay(due, today)}前答复。`;

export const opinionView: View = async (world, id, viewer) => {
  const row = await world.tx.table(opinions).get(id);
  if (!row || !viewer || !(await may(rights.show, row, world, viewer)))
    return note('意见只给提的人和市委组织部看。');
  if (await may(rights.answer, row, world, viewer)) return opinionCard(world, row, 'answerer');
  const own = (await namesOf(world.tx, viewer)).includes(row.who);
  return opinionCard(world, row, own ? 'giver' : 'organiser');
};
