/** 一支一策: one case as a Word document, in the customary form. */
import type { Link } from '../../bot/cards/spec.ts';
import { note } from '../../bot/cards/spec.ts';
import type { Download, View } from '../../bot/feature.ts';
import { ownLink, ownLinkCard } from '../../bot/files/own-link.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import {
  body,
  entry,
  heading,
  longDay,
  numeral,
  paragraph,
  sentence,
  signature,
  title,
  type WordFile,
  wordFile,
} from '../../lib/official.ts';
import { unitName } from '../orgs/index.ts';
import { sayDispatch } from './dispatch.ts';
import { type Case, cases, planOf, STATE_NAMES, sayShare } from './model.ts';
import { caseOperation, dispatchesOf, progressOf, responsible, sayProgress } from './record.ts';
import { rights } from './rights.ts';

const KIND = 'case';
const LINK_DAYS = 2;

async function caseFor(world: World, id: string, viewer: Actor): Promise<Case | undefined> {
  const one = await world.tx.table(cases).get(id);
  return one && (await may(rights.document, one, world, viewer)) ? one : undefined;
}

export const caseFile: Download = async (world, id, viewer) => {
  const one = await caseFor(world, id, viewer);
  if (!one) return undefined;
  const name = `${id} ${await unitName(world.tx, one.branch)}一支一策.docx`;
  return { name, ...(await written(world, one)) };
};

/** The link on the card of a case. */
export function linkOf(world: World, { id }: Pick<Case, 'id'>, viewer: Actor): readonly Link[] {
  const url = world.link?.(KIND, id, viewer, LINK_DAYS);
  return url ? [{ title: rights.document.title, url }] : [];
}

export const take = caseOperation()(rights.document, {
  words: ['一支一策'],
  run: async (ctx, _input, one) =>
    ownLink(ctx, { kind: 'casefile', id: one.id }, `${one.id} 一支一策。点开就能下载。`),
});

export const caseFileView: View = async (world, id, viewer) => {
  const one = viewer && (await caseFor(world, id, viewer));
  if (!one) return note('这个链接只给能看这个整顿的人。');
  const url = world.link?.(KIND, id, viewer, LINK_DAYS);
  return ownLinkCard({ title: `${id} 一支一策`, ask: '点开就能下载。', url });
};

/** Read now, to be written down later. */
async function written(world: World, one: Case): Promise<WordFile> {
  const { tx, today } = world;
  const name = (unit: string) => unitName(tx, unit);
  const [branch, county] = [await name(one.branch), await name(one.county)];
  const plan = planOf(one);
  const progress = await progressOf(world, one);
  const sent = (await dispatchesOf(tx, one)).map((row) => sentence(sayDispatch(row, '')));
  const last = one.checks.at(-1);
  const unit = plan ? responsible(plan, await name(plan.unit)) : '没有定';
  const records = one.issues.length > 0 ? one.issues.join('、') : '没有';
  const parts: (readonly [string, readonly string[]])[] = [
    [
      '基本情况',
      [
        `${longDay(one.listedOn)}${county}研究列入整顿${one.types.length > 0 ? `，情形：${one.types.join('、')}` : ''}。`,
        `记录：${one.records.join('、') || '没有'}。关联的问题：${records}。`,
      ],
    ],
    ['根源', [plan ? sentence(plan.cause) : '方案还没有定。']],
    [
      '措施',
      progress.measures.map(
        ({ text, task, standing }, i) =>
          `（${numeral(i + 1)}）${text}（${task}${standing ? `，${standing}` : ''}）。`,
      ),
    ],
    [
      '责任',
      [
        `责任单位：${unit}。联村县级领导：${plan?.countyLeader ?? '没有定'}。包村乡镇领导：${plan?.townshipLeader ?? '没有定'}。`,
        `时限：${longDay(one.deadline)}。`,
      ],
    ],
    [
      '派驻和结对',
      [
        ...(sent.length > 0 ? sent : ['还没有派驻。']),
        `结对支部：${one.helper ? await name(one.helper) : '还没有'}。`,
      ],
    ],
    [
      '进展',
      [
        sentence(sayProgress(progress) || '还没有可数的'),
        ...one.notes.map(({ on, who, words }) => sentence(`${longDay(on)} ${who}：${words}`)),
      ],
    ],
    [
      '验收和巩固',
      [
        last
          ? `${longDay(last.on)}问了${last.asked}位群众：满意${last.satisfied}，基本满意${last.basic}，不满意${last.unsatisfied}，占${sayShare(last)}，${last.passed ? '合格' : '不合格'}。`
          : '还没有验收。',
        ...(one.settledUntil ? [`巩固期至${longDay(one.settledUntil)}。`] : []),
        ...one.answers.map(({ at, words, relapse, reason }) =>
          sentence(`${longDay(at)} ${words}：${relapse ? '重新整顿' : `不算反弹，${reason}`}`),
        ),
      ],
    ],
  ];
  return wordFile(() => ({
    title: `${branch}一支一策`,
    by: county,
    children: [
      title(`${branch}整顿方案`),
      entry('编　　号', `${one.id}　${STATE_NAMES[one.state]}`),
      ...parts.flatMap(([head, texts], i) => [
        heading(`${numeral(i + 1)}、${head}`),
        ...texts.map((text) => body(text)),
      ]),
      paragraph([]),
      signature(county),
      signature(longDay(today)),
    ],
  }));
}
