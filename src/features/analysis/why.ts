/** 为什么: why a branch is or is not on the list: each fact with its records, and what would clear it. */
import { z } from 'zod';
import { button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day } from '../../lib/inputs.ts';
import { branchRights, loadUnit, NOT_FOUND } from '../branches/index.ts';
import { issueRights } from '../issues/index.ts';
import { getUnit, isBranch, notToKinds, type Unit } from '../orgs/index.ts';
import { taskRights } from '../tasks/index.ts';
import { criteriaOn } from './criteria.ts';
import { LETTER_NAMES, LETTERS, levelOf } from './facts.ts';
import { findingOf } from './gather.ts';
import { LEVEL_NAMES, LISTING_NAMES } from './model.ts';
import { openListing } from './propose.ts';
import { personalOnly } from './record.ts';
import { rights } from './rights.ts';
import { sayFacts, sayTypes } from './say.ts';

/** Rows of one card. */
const ROWS = 12;
const A_DAY = /^(?:\d|上|去|昨|前)/;

async function loadBranch(ctx: Ctx, raw: Raw): Promise<Unit> {
  personalOnly(ctx);
  const unit = (await loadUnit(ctx, raw)) ?? (await getUnit(ctx.tx, ctx.me.unit));
  if (isBranch(unit)) return unit;
  throw raw.branch
    ? new AppError('not_found', NOT_FOUND)
    : new AppError('invalid', '请写上支部。有哪些支部，发送“支部”看。');
}

export const why = operation({
  right: rights.why,
  words: ['为什么'],
  example: '柳湾村',
  glued: 'number',
  help: '一个支部为什么在或不在名单上',
  offered: notToKinds('responsible'),
  fromText(rest): Raw {
    const parts = rest
      .replace(/[?？]+$/, '')
      .split(/\s+/)
      .filter(Boolean);
    const on = parts.length > 1 && A_DAY.test(parts.at(-1) ?? '') ? parts.pop() : undefined;
    return { ...(parts.length > 0 && { branch: parts.join(' ') }), ...(on && { day: on }) };
  },
  days: { fields: /^day$/, toward: 'back' },
  record: loadBranch,
  input: z.object({ day: day('请写哪一天').optional() }),
  refine: async ({ today }, { day: on }) =>
    on && on > today ? [{ field: 'day', message: '还没有到那一天' }] : [],
  async run(ctx, { day: asked }, branch): Promise<Outcome> {
    const { tx, today } = ctx;
    const on = asked ?? today;
    const criteria = await criteriaOn(tx, on);
    const { facts, known } = await findingOf(ctx, branch, on);
    const open = on === today ? await openListing(tx, branch.id) : undefined;
    const hidden = open?.state === 'proposed' && ctx.me.unit === branch.id;
    const listing = hidden ? undefined : open;
    const level = levelOf(facts, (listing?.types.length ?? 0) > 0, criteria);
    const said = await sayFacts(tx, facts, branch.parent ?? '', today);
    const rows: RowSpec[] = [];
    for (const { letter, text, clears, records } of said) {
      const [only, ...more] = records;
      rows.push({
        ...rowOf(letter, text, `怎么消除：${clears}。`),
        ...(only && more.length === 0 && opens(only)),
      });
      if (more.length > 0)
        for (const number of records) rows.push({ ...rowOf('', number, ''), ...opens(number) });
    }
    if (listing && listing.types.length > 0) rows.push(rowOf('情形', sayTypes(listing.types), ''));
    const missing = LETTERS.filter((letter) => !facts.some((fact) => fact.letter === letter));
    const without = missing.map((letter) => `${letter} ${LETTER_NAMES[letter]}`).join('、');
    const sub = [
      known || facts.length > 0 ? `${LEVEL_NAMES[level]}。` : '没有数据：没有可看的问题和重点任务记录。',
      listing ? `名单上：${LISTING_NAMES[listing.state]}。` : '',
      known && without ? `没有：${without}。` : '',
      RULES[criteria.meets],
      `按${criteria.version}标准，截至${sayDay(on, today)}。`,
    ].join('');
    const title = `为什么 · ${branch.name}`;
    const text = [
      `${title}：${sub}`,
      ...rows.map((row) => `${row.mark} ${row.title}${row.sub ? `（${row.sub}）` : ''}`),
    ];
    const back = button(branchRights.show, { branch: branch.id }, 'default', '看支部');
    return { text: text.join('\n'), card: listCard(title, sub, rows.slice(0, ROWS), [back]), mine: true };
  },
});

const RULES = {
  'A&D&(B|C)': '够条件是：A和D都有，B、C有一个；或者十种情形有一种。',
  'A&B&C&D': '够条件是：A、B、C、D都有；或者十种情形有一种。',
} as const;

const rowOf = (mark: string, title: string, sub: string): RowSpec => ({
  mark,
  title,
  sub,
  op: null,
  data: {},
});

function opens(number: string): Pick<RowSpec, 'op' | 'data'> {
  return number.startsWith('RW')
    ? { op: taskRights.show, data: { task: number } }
    : { op: issueRights.show, data: { issue: number } };
}
