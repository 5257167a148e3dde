/** Cards as the features would draw them, for looking at and for pressing. */
import type { CardJson } from '../../../src/bot/cards/adaptive.ts';

export const HOSTILE =
  '<at>all</at> [点我](javascript:alert(1)) ${1+1} <img src=x onerror=alert(1)> {{DATE(2026-11-22T08:00:00Z)}}';

const run = (text: string, more: object = {}) => ({ type: 'TextRun', text, ...more });
const rich = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });

function fact(name: string, value: string, more: object = {}) {
  return {
    type: 'ColumnSet',
    spacing: 'Small',
    columns: [
      { type: 'Column', width: '88px', items: [rich(run(name, { isSubtle: true }))] },
      { type: 'Column', width: 'stretch', items: [rich(run(value, more))] },
    ],
  };
}

function press(title: string, verb: string, data: object, more: object = {}) {
  const fallback = { type: 'Action.Submit', title, data: { op: verb, ...data } };
  return { type: 'Action.Execute', title, verb, data: { op: verb, ...data }, fallback, ...more };
}

export interface Issue {
  readonly id: string;
  readonly title: string;
  readonly state: '待受理' | '办理中' | '已销号';
  readonly by: string;
}

/** `may`: the viewer belongs to the unit that handles it. */
export function issueCard({ id, title, state, by }: Issue, may: boolean): CardJson {
  const tone = state === '待受理' ? 'warning' : state === '办理中' ? 'accent' : 'good';
  const data = { id };
  const actions = may
    ? [
        press(
          state === '待受理' ? '受理' : '办结',
          state === '待受理' ? 'issues.accept' : 'issues.finish',
          data,
          {
            style: 'positive',
          },
        ),
        press('转办', 'issues.transfer', data),
        press('上交', 'issues.raise', data),
        press('退回', 'issues.return', data, { style: 'destructive' }),
        press('查看历史', 'issues.history', data),
      ]
    : [press('补充情况', 'issues.add', data), press('查看历史', 'issues.history', data)];
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      {
        type: 'Container',
        style: tone,
        bleed: true,
        items: [
          {
            type: 'ColumnSet',
            columns: [
              { type: 'Column', width: 'stretch', items: [rich(run('问题 ', { isSubtle: true }), run(id))] },
              {
                type: 'Column',
                width: 'auto',
                items: [rich(run(`● ${state}`, { color: tone, weight: 'Bolder' }))],
              },
            ],
          },
        ],
      },
      rich(run(title, { size: 'Large', weight: 'Bolder' })),
      rich(run('村口到小学这一段三盏灯不亮，晚上老人孩子走路看不清，群众反映了两次。')),
      fact('所属支部', '石桥镇柳河村党支部'),
      fact('涉及的星', '平安法治星 · 治'),
      fact('责任单位', '石桥镇党委'),
      fact('督办单位', '市委政法委'),
      fact('办理期限', '11月27日（还剩 3 个工作日）', { color: 'warning', weight: 'Bolder' }),
      ...(by ? [rich(run(`最近：${by}`, { isSubtle: true, size: 'Small' }))] : []),
    ],
    actions,
  };
}

export function formCard(title: string, error = ''): CardJson {
  const choices = (...titles: string[]) => titles.map((one) => ({ title: one, value: one }));
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      { type: 'TextBlock', text: '上报问题', size: 'Large', weight: 'Bolder', wrap: true },
      {
        type: 'TextBlock',
        text: '填好后交给石桥镇党委受理。带 * 的要填，其余可以不填。',
        wrap: true,
        isSubtle: true,
      },
      ...(error
        ? [{ type: 'Container', style: 'attention', items: [rich(run(error, { color: 'attention' }))] }]
        : []),
      {
        type: 'Input.Text',
        id: 'title',
        label: '问题',
        value: title,
        isRequired: true,
        errorMessage: '请用一句话写明是什么问题',
        maxLength: 60,
      },
      {
        type: 'Input.Text',
        id: 'details',
        label: '具体情况',
        isMultiline: true,
        placeholder: '在哪里、多久了、影响到谁',
      },
      {
        type: 'Input.ChoiceSet',
        id: 'star',
        label: '涉及的星',
        isRequired: true,
        errorMessage: '请选一颗星',
        placeholder: '请选择',
        choices: choices('支部过硬星', '产业兴旺星', '生态宜居星', '平安法治星', '文明幸福星'),
      },
      {
        type: 'Input.ChoiceSet',
        id: 'aspect',
        label: '方面',
        style: 'expanded',
        value: '治',
        choices: choices('人', '治', '物', '效'),
      },
      {
        type: 'Input.ChoiceSet',
        id: 'units',
        label: '需要一起办的单位',
        style: 'expanded',
        isMultiSelect: true,
        choices: choices('市住建局', '市交通运输局', '市农业农村局', '市公安局'),
      },
      { type: 'Input.Date', id: 'deadline', label: '希望办结日期', value: '2026-11-30' },
      { type: 'Input.Toggle', id: 'urgent', title: '紧急，今天就要有人管', value: 'false' },
    ],
    actions: [
      press('提交', 'issues.report', { form: 'f1' }, { style: 'positive' }),
      { ...press('取消', 'forms.cancel', { form: 'f1' }), associatedInputs: 'none' },
      {
        type: 'Action.ShowCard',
        title: '填写说明',
        card: { type: 'AdaptiveCard', body: [{ type: 'TextBlock', wrap: true, text: '一件事一张表。' }] },
      },
    ],
  };
}

export function listCard(): CardJson {
  const rows = [
    ['WT-2026-0031', '村口路灯坏了三盏，夜里走路不安全', '石桥镇柳河村 · 还剩 3 个工作日', 'accent'],
    ['WT-2026-0028', '垃圾清运不及时，群众反复反映', '石桥镇大王村 · 曾退回一次', 'warning'],
    ['WT-2026-0019', '低保申请办了两个月没有答复', '石桥镇桥头村 · 超期 2 天', 'attention'],
  ] as const;
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      { type: 'TextBlock', text: '等您办的 3 件', size: 'Large', weight: 'Bolder' },
      ...rows.map(([id, title, hint, tone]) => ({
        type: 'Container',
        style: 'emphasis',
        selectAction: {
          type: 'Action.Execute',
          title: id,
          verb: 'issues.show',
          data: { op: 'issues.show', id },
        },
        items: [
          {
            type: 'ColumnSet',
            columns: [
              {
                type: 'Column',
                width: 'stretch',
                items: [
                  rich(run(title, { weight: 'Bolder' })),
                  {
                    ...rich(
                      run('● ', { color: tone }),
                      run(`${id} · ${hint}`, { isSubtle: true, size: 'Small' }),
                    ),
                    spacing: 'Small',
                  },
                ],
              },
              {
                type: 'Column',
                width: 'auto',
                verticalContentAlignment: 'Center',
                items: [rich(run('›', { isSubtle: true, size: 'Large' }))],
              },
            ],
          },
        ],
      })),
    ],
    actions: [
      press('下一页', 'issues.page', { page: 2 }),
      press('只看超期', 'issues.page', { filter: '超期' }),
    ],
  };
}

export function historyCard(id: string): CardJson {
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      { type: 'TextBlock', text: '办理历史', size: 'Large', weight: 'Bolder' },
      fact('11月20日', `陈桂兰 上报了 ${id}`),
      fact('11月21日', '孙立军 查看'),
    ],
  };
}
