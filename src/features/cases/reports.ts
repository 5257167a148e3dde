/** 学习宣传: what media brought about a unit: title, medium, day, maybe a link. No person is named or counted. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { nextPage } from '../../bot/cards/page.ts';
import { button, listCard, note, type Raw, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { shownCard } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor, day, words } from '../../lib/inputs.ts';
import { personalNumber } from '../../lib/private.ts';
import { webAddress } from '../../lib/weblink.ts';
import type { Tx } from '../../store/store.ts';
import { unitName } from '../orgs/index.ts';
import { mediaReports, type Report, type StoredReport } from './model.ts';
import { NO_REPORT, rights } from './rights.ts';

const PAGE = 8;
/** Reports of one unit that are looked at for one that is there already. */
const MOST = 200;
const MOST_TITLE = 60;

const reportCard = ({ id }: Pick<Report, 'id'>) => ({ kind: 'mediaReport', id });

/** The latest reports, of one unit or of all. */
export async function latestReports(tx: Tx, limit: number, unit?: string, after?: string) {
  const rows = tx.table(mediaReports);
  const latest = { order: 'day', desc: true, limit, after } as const;
  return unit === undefined ? rows.find(latest) : rows.find({ ...latest, where: { unit } });
}

/** The report that a press names, or the own one with the title that was typed. */
async function loadReport(ctx: Ctx, raw: Raw): Promise<StoredReport> {
  const { tx, me } = ctx;
  const title = String(raw.title ?? '').trim();
  const found =
    typeof raw.report === 'string'
      ? await tx.table(mediaReports).get(raw.report)
      : (await latestReports(tx, MOST, me.unit)).rows.find((one) => one.title === title);
  if (!found) throw new AppError('not_found', NO_REPORT);
  return found;
}

export const list = operation({
  right: rights.reports,
  words: ['学习宣传'],
  help: '媒体上的报道，登记和看',
  input: z.object({ own: z.literal('yes').optional(), after: cursor }),
  async run(ctx, { own, after }): Promise<Outcome> {
    const { tx, today, me } = ctx;
    const page = await latestReports(tx, PAGE, own && me.unit, after);
    const rows: RowSpec[] = [];
    for (const row of page.rows)
      rows.push({
        ...{ mark: row.medium, title: row.title },
        sub: `${await unitName(tx, row.unit)} · ${sayDay(row.day, today)}`,
        ...{ op: rights.showReport, data: { report: row.id } },
      });
    const sub =
      rows.length > 0
        ? '新的在前，点一下打开。'
        : '还没有登记的报道。媒体上登了，点“报道”，或者发送“报道 标题”。';
    const buttons = [
      ...nextPage(rights.reports, page.next && { after: page.next, ...(own && { own }) }),
      button(rights.report),
      own
        ? button(rights.reports, {}, 'default', '全部')
        : button(rights.reports, { own: 'yes' }, 'default', '本单位'),
    ];
    return { text: '', card: listCard('学习宣传', sub, rows, buttons), mine: true };
  },
});

const NO_LINK =
  '链接要以 http:// 或 https:// 开头，是媒体自己的网址，例如 https://www.people.com.cn/a.html；没有就空着';

export const report = operation({
  right: rights.report,
  words: ['报道'],
  glued: 'number',
  help: '登记一篇报道',
  example: '石桥镇调解室一年没有一件上交',
  fromText: (rest): Raw => (rest ? { title: rest } : {}),
  days: { fields: /^day$/, toward: 'back' },
  input: z.object({
    title: words('标题', MOST_TITLE),
    medium: words('媒体', 30, '请写在哪里登的，例如人民日报'),
    day: day('请选哪天登的'),
    link: z
      .string()
      .trim()
      .default('')
      .refine((typed) => typed === '' || webAddress(typed) !== undefined, NO_LINK),
  }),
  async refine(ctx, { title, medium, day: on, link }) {
    if (on > ctx.today) return [{ field: 'day', message: '登出来的日子不能在今天以后' }];
    const number = personalNumber(`${title}\n${medium}`);
    if (number) return [{ field: 'title', message: `里面像有${number}，请删去` }];
    const url = webAddress(link)?.url ?? '';
    const { rows } = await latestReports(ctx.tx, MOST, ctx.me.unit);
    const same = rows.some(
      (one) => (url !== '' && one.link === url) || (one.title === title && one.day === on),
    );
    return same ? [{ field: 'title', message: '这一篇已经登记过了' }] : [];
  },
  form: async ({ tx, me, today }) => ({
    title: '登记报道',
    intro: `${await unitName(tx, me.unit)}的报道，各单位都看得到；不按人计数。`,
    fields: [
      field.text('title', '标题', MOST_TITLE, { required: true }),
      field.text('medium', '媒体', 30, { required: true, hint: '报纸、电视台、网站的名字' }),
      field.date('day', '哪天', { max: today, required: true, value: today }),
      field.text('link', '链接', 500, { hint: '没有就空着' }),
    ],
    submit: { title: '登记', op: rights.report },
  }),
  async run(ctx, { link, ...fields }): Promise<Outcome> {
    const url = webAddress(link)?.url ?? '';
    const row = await ctx.tx
      .table(mediaReports)
      .put({ id: ctx.newId(), unit: ctx.me.unit, ...fields, link: url });
    return { text: '登记了。', card: { subject: reportCard(row) }, did: reportCard(row) };
  },
});

export const showReport = operation({
  right: rights.showReport,
  record: loadReport,
  run: async (_ctx, _input, row) => shownCard(reportCard(row)),
});

export const dropReport = operation({
  right: rights.dropReport,
  words: ['撤下报道'],
  example: '石桥镇调解室一年没有一件上交',
  fromText: (title): Raw => ({ title }),
  record: loadReport,
  async preview(_ctx, _input, { title, medium }) {
    return {
      text: `撤下“${title}”（${medium}）以后，各单位和网页上都看不到了。`,
      style: 'destructive',
    };
  },
  async run(ctx, _input, row): Promise<Outcome> {
    await ctx.tx.table(mediaReports).delete(row);
    ctx.refresh(reportCard(row));
    return { text: `撤下了“${row.title}”。`, did: reportCard(row) };
  },
});

/** The link is one of its own, made of what was checked; what was typed is text. */
export const reportView: View = async (world: World, id, viewer) => {
  const row = await world.tx.table(mediaReports).get(id);
  if (!row) return note(NO_REPORT);
  const address = webAddress(row.link);
  const own = viewer && (await may(rights.dropReport, row, world, viewer));
  return recordCard({
    number: '报道',
    title: row.title,
    state: row.medium,
    facts: [
      ['单位', await unitName(world.tx, row.unit)],
      ['哪天', sayDay(row.day, world.today)],
      ['链接', address?.url ?? ''],
    ],
    buttons: own ? [button(rights.dropReport, { report: id }, 'destructive')] : [],
    links: address ? [{ title: `打开 ${address.host}`, url: address.url }] : [],
  });
};
