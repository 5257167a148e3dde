/** An hour before: those who come are reminded, those who have not said so are asked, whoever is on leave is left alone. */
import type { Check } from '../../bot/feature.ts';
import type { Ctx } from '../../bot/operation.ts';
import { actorOf, peopleOf } from '../members/index.ts';
import { invites, isConvener, type Meeting, meetings } from './model.ts';
import { invitesOf, meetingTitle } from './record.ts';

const SOON_MS = 3_600_000;

export function soonAt({ startsAt }: Pick<Meeting, 'startsAt'>): Date {
  return new Date(Date.parse(startsAt) - SOON_MS);
}

/** Have everybody of the meeting told an hour before it begins, as it is fixed now; a move is told anew. */
export async function remindSoon(ctx: Ctx, meeting: Meeting): Promise<void> {
  const { id, lead, startsAt } = meeting;
  const at = soonAt(meeting);
  // Whoever is invited within the hour has just heard of it.
  if (at <= ctx.now) return;
  const units = [lead, ...(await invitesOf(ctx, id)).map(({ unit }) => unit)];
  const card = { subject: { kind: 'meeting', id } };
  const about = `${id}|${startsAt}`;
  for (const unit of units)
    for (const { id: person } of await peopleOf(ctx.tx, unit))
      ctx.notify({
        to: { person },
        text: '',
        card,
        key: `meeting:${about}:soon@${person}`,
        later: { at, check: 'meetings.soon', about },
      });
}

export const soon: Check = async (world, about, person) => {
  const [id = '', startsAt] = about.split('|');
  const meeting = await world.tx.table(meetings).get(id);
  if (meeting?.state !== 'set' || meeting.startsAt !== startsAt) return undefined;
  if (new Date(startsAt) <= world.now) return undefined;
  const actor = await actorOf(world.tx, person);
  if (!actor) return undefined;
  const what = `${meeting.time} ${await meetingTitle(world, meeting)}，${meeting.place}。`;
  if (isConvener(meeting, actor)) {
    const silent = await world.tx.table(invites).count({ meeting: id, answer: 'none' });
    return `快开会了：${what}${silent > 0 ? `还有${silent}个单位没有回复。` : ''}`;
  }
  const invite = await world.tx.table(invites).get(`${id}|${actor.unit}`);
  switch (invite?.answer) {
    case 'none':
      return `快开会了，请回复能不能来：${what}`;
    case 'yes':
      return `快开会了：${what}`;
    case 'sub':
      return `快开会了，您单位派${invite.words}参加：${what}`;
    default:
      return undefined; // on leave, or of another unit by now
  }
};
