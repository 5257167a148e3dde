/** A meeting as a card: when and where, who comes, the agenda or what was decided, and each person's own buttons. */

import { type ButtonStyle, button, note, recordCard } from '../../bot/cards/spec.ts';
import type { Concern, View } from '../../bot/feature.ts';
import { may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { unitName } from '../orgs/index.ts';
import { sayWhen } from './draft-agenda.ts';
import { linksOf } from './files.ts';
import { titleOfMinutes } from './fill.ts';
import {
  ANSWER_NAMES,
  type AnswerKind,
  decidedOf,
  type Invite,
  invites,
  isConvener,
  type Meeting,
  meetings,
  NOTHING,
  sayAnswer,
  standing,
} from './model.ts';
import { meetingTitle, sayDecided } from './record.ts';
import { inviteOf, rights } from './rights.ts';
import { hasDraft } from './values.ts';

/** Names shown of those who have not answered; more are counted. */
const NAMED = 6;

export const meetingView: View = async (world, id, viewer) => {
  const meeting = await world.tx.table(meetings).get(id);
  if (!meeting) return note(`没有 ${id} 这个会。`);
  const { tx, now, today } = world;
  const invite = viewer ? await inviteOf(world, meeting, viewer.unit) : undefined;
  const acts = await actsOf(world, meeting, viewer);
  const title = await meetingTitle(world, meeting);
  const counts = await tx.table(invites).countBy('answer', { meeting: id });
  const state = meeting.state === 'cancelled' ? '已取消' : standing(meeting, now);
  const facts: [string, string][] = [
    ['时间', sayWhen(meeting, today)],
    ['地点', meeting.place],
    ['发起', await unitName(tx, meeting.lead)],
    ['改期', meeting.moved > 0 && meeting.state === 'set' ? `改过${meeting.moved}次：${meeting.reason}` : ''],
    ['取消原因', meeting.state === 'cancelled' ? meeting.reason : ''],
    [
      '您的单位',
      invite && !isOver(meeting, invite)
        ? `${sayAnswer(invite.answer, invite.words)}${presence(invite)}`
        : '',
    ],
    ...(await tally(world, meeting, counts)),
    ['到会', await presenceOf(world, meeting)],
    ...(await itemLines(world, meeting)),
  ];
  return recordCard({
    number: id,
    title,
    state,
    ...(meeting.state === 'minuted' && { style: 'good' }),
    marks: meeting.version > 1 ? [`第${meeting.version}版`] : [],
    ask: (await askToGoOn(world, meeting, acts)) ?? askOf(meeting, invite, viewer, acts, now, counts),
    facts,
    // The likeliest one stands out, one alone.
    buttons: acts.map(([act, style], i) =>
      button(
        act,
        { meeting: id },
        i > 0 && style === 'positive' ? 'default' : style,
        act === rights.minutes ? titleOfMinutes(meeting) : act.title,
      ),
    ),
    links: viewer ? await linksOf(world, meeting, viewer) : [],
  });
};

/** Until the minutes are out: who convenes, who has not answered, who may say that they came. */
export const meetingConcern: Concern = async (world, id, actor) => {
  const meeting = await world.tx.table(meetings).get(id);
  if (meeting?.state !== 'set') return false;
  if (isConvener(meeting, actor)) return true;
  const invite = await inviteOf(world, meeting, actor.unit);
  if (!invite) return false;
  if (await may(rights.sign, meeting, world, actor)) return true;
  return invite.answer === 'none' && may(rights.come, meeting, world, actor);
};

/** Nothing was said by somebody who is not asked any more. */
function isOver({ state }: Meeting, { answer, present }: Invite): boolean {
  return state === 'minuted' && answer === 'none' && present === 'no';
}

function presence({ present }: Invite): string {
  return present === 'no' ? '' : present === 'late' ? '，已到会（迟到）' : '，已到会';
}

/** How many signed in, once anybody did. */
async function presenceOf({ tx }: World, { id: meeting }: Meeting): Promise<string> {
  const { yes = 0, late = 0 } = await tx.table(invites).countBy('present', { meeting });
  return yes + late === 0 ? '' : `${yes + late}个单位${late > 0 ? `，其中迟到${late}` : ''}`;
}

/** Units by what they answered. */
type Counts = Readonly<Partial<Record<AnswerKind, number>>>;

/** How many come, and who has not answered yet. */
async function tally({ tx, now }: World, meeting: Meeting, counts: Counts): Promise<[string, string][]> {
  // Once the minutes are out nobody is waited for any more.
  const kinds =
    meeting.state === 'minuted' ? (['yes', 'sub', 'no'] as const) : (['yes', 'sub', 'no', 'none'] as const);
  const said = kinds.map((kind: AnswerKind) => `${ANSWER_NAMES[kind]}${counts[kind] ?? 0}`);
  const where = { meeting: meeting.id, answer: 'none' as const };
  const silent =
    meeting.state === 'set' && new Date(meeting.startsAt) > now
      ? (await tx.table(invites).find({ where, order: 'unit', limit: NAMED })).rows
      : [];
  const names = [];
  for (const { unit } of silent) names.push(await unitName(tx, unit));
  const more = (counts.none ?? 0) - names.length;
  return [
    ['回复', said.join('，')],
    ['等回复', names.length > 0 ? `${names.join('、')}${more > 0 ? `等${counts.none}个` : ''}` : ''],
  ];
}

async function itemLines(world: World, { items, version }: Meeting): Promise<[string, string][]> {
  const lines: [string, string][] = [];
  for (const [i, item] of items.entries()) {
    const said = [item.text];
    if (version > 0) {
      const [first = NOTHING, ...more] = decidedOf(item);
      for (const decided of [first, ...more]) said.push(`→ ${await sayDecided(world, decided)}`);
    }
    lines.push([`议题${i + 1}`, said.join('\n')]);
  }
  return lines;
}

/** Buttons in the order of how likely they are wanted. */
const BUTTONS: readonly (readonly [Right<Meeting>, ButtonStyle])[] = [
  [rights.sign, 'positive'],
  [rights.come, 'positive'],
  [rights.excuse, 'default'],
  [rights.substitute, 'default'],
  [rights.replies, 'default'],
  [rights.minutes, 'positive'],
  [rights.move, 'default'],
  [rights.cancel, 'destructive'],
];
/** What the convening unit does is not offered to a whole group. */
const OWN: ReadonlySet<Right<Meeting>> = new Set([rights.minutes, rights.move, rights.cancel]);
type Acts = typeof BUTTONS;

/** Whether more have not answered than are named on the card. */
async function hasMore({ tx }: World, { id, state }: Meeting): Promise<boolean> {
  return state === 'set' && (await tx.table(invites).count({ meeting: id, answer: 'none' })) > NAMED;
}

/** What the viewer may do now; on a group's card, what somebody invited may. */
async function actsOf(world: World, meeting: Meeting, viewer: Actor | null): Promise<Acts> {
  const acts: (typeof BUTTONS)[number][] = [];
  for (const button of BUTTONS) {
    if (!viewer && OWN.has(button[0])) continue;
    if (button[0] === rights.replies && !(await hasMore(world, meeting))) continue;
    if (await may(button[0], meeting, world, viewer)) acts.push(button);
  }
  return acts;
}

/** Somebody of the convening unit began to write the minutes. */
async function askToGoOn(world: World, meeting: Meeting, acts: Acts): Promise<string | undefined> {
  const writes = acts.some(([act]) => act === rights.minutes) && (await hasDraft(world, meeting));
  return writes ? '纪要写了一半，请接着写。' : undefined;
}

function askOf(
  meeting: Meeting,
  invite: Invite | undefined,
  viewer: Actor | null,
  acts: Acts,
  now: Date,
  { none = 0, ...answered }: Counts,
): string {
  if (meeting.state === 'cancelled') return '这个会取消了。';
  if (meeting.state === 'minuted') {
    const all = viewer ? meeting.items.flatMap(decidedOf) : [];
    const own = all.filter(({ unit }) => unit === viewer?.unit).length;
    const helped = all.filter(({ partners }) => viewer && partners.includes(viewer.unit)).length;
    const asked = [...(own > 0 ? [`有${own}件事要办`] : []), ...(helped > 0 ? [`配合${helped}件`] : [])];
    return asked.length > 0 ? `纪要已出，您单位${asked.join('，')}。` : '纪要已出。';
  }
  const mine = (wanted: Right<Meeting>) => viewer !== null && acts.some(([act]) => act === wanted);
  const started = new Date(meeting.startsAt) <= now;
  if (mine(rights.minutes)) return '请填写纪要。';
  if (mine(rights.sign)) return started ? '会已经开始，到了请点“到会”。' : '快开会了，到了请点“到会”。';
  if (started) return '会已经开了，等纪要。';
  if (invite) return invite.answer === 'none' ? '请回复能不能来。' : '已回复，开会前都可以改。';
  if (viewer?.unit === meeting.lead) return '等各单位回复。';
  // Who has answered sees this one in a group, and may think better of it.
  if (viewer || Object.keys(answered).length === 0) return '请各单位回复能不能来。';
  return `${none > 0 ? '请各单位回复能不能来。已回复的，' : '都回复了，'}开会前都可以改。`;
}
