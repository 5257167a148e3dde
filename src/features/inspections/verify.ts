/** 督导 核对: does what is published fit what was sealed? And how anybody finds out without us. */
import { previewCard } from '../../bot/cards/spec.ts';
import { audit } from '../../bot/turn/tables.ts';
import { sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/store.ts';
import { hashOf, sealedText } from './draw.ts';
import { seals } from './model.ts';
import { inspectionOperation } from './record.ts';
import { NOT_FOUND, rights } from './rights.ts';

/** Lines of the audit trail about one inspection that are looked through for its draw. */
const MOST_LINES = 20;

/** What the audit trail says of a draw; '' once it is past its term. */
async function auditedHash(tx: Tx, record: string): Promise<string> {
  const { rows } = await tx.table(audit).find({ where: { record }, order: 'at', limit: MOST_LINES });
  const line = rows.find(({ op, outcome }) => op === rights.draw.name && outcome === 'done');
  return /[0-9a-f]{64}/.exec(line?.words ?? '')?.[0] ?? '';
}

export const verify = inspectionOperation()(rights.verify, {
  words: ['督导核对'],
  async run({ tx, today }, _input, one) {
    const sealed = await tx.table(seals).get(one.id);
    if (!sealed) throw new AppError('not_found', NOT_FOUND);
    const computed = hashOf(sealed);
    const audited = await auditedHash(tx, one.id);
    const fits = computed === one.hash && (audited === '' || audited === one.hash);
    const verdict = fits
      ? '核对通过：公开的名单和抽取时封存的一样，没有改过。'
      : '核对不通过：公开的名单和抽取时封存的不一样，改过了。请告诉市委组织部。';
    const how =
      '自己核对：把“原文”原样复制（UTF-8，后面没有换行），算SHA-256，和“封存的指纹”一字不差就对。电脑上：printf %s "原文" | sha256sum。';
    const facts: readonly (readonly [string, string])[] = [
      ['抽取', `${sayTime(one.drawnAt, today)}，${one.amount}个支部`],
      ['封存的指纹', one.hash],
      ['审计里的', audited || '已过保存期'],
      ['现在算出的', computed],
      ['原文', sealedText(sealed)],
    ];
    const lines = facts.map(([mark, text]) => ({ mark, text }));
    const text = [verdict, ...facts.map(([mark, said]) => `${mark}：${said}`), how].join('\n');
    const card = previewCard({ title: `核对 ${one.id}`, text: `${verdict}${how}`, lines, buttons: [] });
    return { text, card, mine: true };
  },
});
