/** A card as a page of its own: what it says, its fields, its buttons. No script runs in it. */
import type { Card, FilledField } from '../../bot/cards/spec.ts';
import { textOf } from '../../bot/cards/text.ts';
import { asMarkup } from '../../lib/text.ts';
import { drawingOf, type Runs, runningOf, submitsOf } from './drawing.ts';
import { buttonName } from './params.ts';

/** A button of a page: the name under which it comes back, and what it runs. */
export interface PageButton extends Runs {
  readonly name: string;
}

/** @param base the path under which people reach us, without a slash at the end; `inside` is markup of ours */
export function pageOf(base: string, title: string, inside: string, script = ''): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>会商</title>
<link rel="stylesheet" href="${base}/dingtalk/page.css">
${script && `<script defer src="${script}"></script>`}
</head>
<body><main>
<h1>${asMarkup(title)}</h1>
${inside}
</main></body>
</html>
`;
}

/** Asks DingTalk who is looking, then goes on to the same address. */
export function whoPage(base: string, corp: string, client: string): string {
  return pageOf(
    base,
    '会商',
    `<p>正在确认您是谁…<noscript>请打开浏览器的 JavaScript。</noscript></p>
<form method="post" hidden data-corp="${asMarkup(corp)}" data-client="${asMarkup(client)}"><input type="hidden" name="code">
<p>请在钉钉里打开本页。也可以回到聊天里打字填写，照着那张表一行写一项。</p></form>`,
    `${base}/dingtalk/login.js`,
  );
}

/** A card with what can be pressed on it; `ticket` goes along with every press. */
export function cardPage(
  base: string,
  card: Card,
  ticket: string,
): { readonly html: string; readonly buttons: readonly PageButton[] } {
  const { title } = drawingOf(card);
  const form = card.kind === 'form' ? card : undefined;
  const buttons = buttonsOf(card);
  const said = form
    ? [form.intro]
    : textOf(card)
        .split('\n')
        .filter((line) => line !== title);
  const inside = [
    form?.error && `<p role="alert">${asMarkup(form.error)}</p>`,
    ...said.filter(Boolean).map((line) => `<p>${asMarkup(line)}</p>`),
    buttons.length > 0 &&
      `<form method="post"><input type="hidden" name="ticket" value="${asMarkup(ticket)}">
${(form?.fields ?? []).map(fieldHtml).join('\n')}
${buttons.map(({ name, text }, i) => `<button name="button" value="${asMarkup(name)}"${i === 0 ? ' class="main"' : ' formnovalidate'}>${asMarkup(text)}</button>`).join('\n')}
</form>`,
    buttons.length === 0 && '<p>可以关上本页，回到钉钉了。</p>',
  ];
  return { html: pageOf(base, title, inside.filter(Boolean).join('\n')), buttons };
}

/** What goes on with the form: everything else is in the chat. */
function buttonsOf(card: Card): readonly (PageButton & { readonly text: string })[] {
  const shown =
    card.kind === 'form' ? submitsOf(card) : card.kind === 'preview' ? runningOf(card.buttons) : [];
  return shown.map(({ text, op, data }) => ({ text, name: buttonName(op, data), op, data }));
}

/** What every kind of input is made of, as markup. */
interface Parts {
  readonly name: string;
  readonly head: string;
  readonly must: string;
  /** Placeholder, and how much may be typed. */
  readonly typed: string;
}
type FieldHtml = (field: FilledField, parts: Parts) => string;

const choices =
  (type: 'radio' | 'checkbox'): FieldHtml =>
  ({ value, choices }, { name, head, must }) => {
    const chosen = new Set(type === 'checkbox' ? value.split(',') : [value]);
    const options = choices.map(
      (one) =>
        `<label class="choice"><input type="${type}" name="${name}" value="${asMarkup(one.value)}"${chosen.has(one.value) ? ' checked' : ''}${type === 'radio' ? must : ''}> ${asMarkup(one.title)}</label>`,
    );
    return `<fieldset><legend>${head}</legend>${options.join('')}</fieldset>`;
  };

/** A choice is understood by its title, too. */
const line: FieldHtml = ({ choices, shown, value }, { name, head, must, typed }) => {
  const list = choices.length > 0 ? ` list="list-${name}"` : '';
  const options = choices.map((one) => `<option value="${asMarkup(one.title)}">`).join('');
  const filled = choices.length > 0 ? shown : value;
  return `<label>${head}<input name="${name}" value="${asMarkup(filled)}"${list}${typed}${must}></label>${list && `<datalist id="list-${name}">${options}</datalist>`}`;
};

const INPUTS: Readonly<Record<FilledField['kind'], FieldHtml>> = {
  text: line,
  search: line,
  lookup: line,
  pick: choices('radio'),
  many: choices('checkbox'),
  lines: ({ value }, { name, head, must, typed }) =>
    `<label>${head}<textarea name="${name}" rows="4"${typed}${must}>${asMarkup(value)}</textarea></label>`,
  date({ value, min, max }, { name, head, must }) {
    const within = [min && ` min="${asMarkup(min)}"`, max && ` max="${asMarkup(String(max))}"`].join('');
    return `<label>${head}<input type="date" name="${name}" value="${asMarkup(value)}"${within}${must}></label>`;
  },
  select({ value, choices, hint }, { name, head, must }) {
    const options = choices.map(
      (one) =>
        `<option value="${asMarkup(one.value)}"${one.value === value ? ' selected' : ''}>${asMarkup(one.title)}</option>`,
    );
    return `<label>${head}<select name="${name}"${must}><option value="">${asMarkup(hint)}</option>${options.join('')}</select></label>`;
  },
};

const OPTIONAL = '可不填';

function fieldHtml(field: FilledField): string {
  const { id, label, kind, required, hint, max, value } = field;
  // Said once, and not of what is filled in already.
  const optional = !required && value === '' && !hint.startsWith(OPTIONAL);
  const placeholder = hint ? ` placeholder="${asMarkup(hint)}"` : '';
  return INPUTS[kind](field, {
    name: asMarkup(id),
    head: `${asMarkup(label)}${optional ? `（${OPTIONAL}）` : ''}`,
    must: required ? ' required' : '',
    typed: `${typeof max === 'number' && max > 0 ? ` maxlength="${max}"` : ''}${placeholder}`,
  });
}

export const PAGE_CSS = `:root{color-scheme:light dark;--bg:#f6f4f2;--fg:#23201e;--paper:#fff;--line:#b9b2ad;--bad:#8c1d18;--bad-soft:#fdecea;--red:#b3261e;--dim:#6b645f}
@media(prefers-color-scheme:dark){:root{--bg:#1b1817;--fg:#f1ece8;--paper:#26211f;--line:#5d544e;--bad:#ffb4a8;--bad-soft:#4a2320;--dim:#b0a69f}}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:30em;margin:0 auto;padding:20px 16px 40px;box-sizing:border-box}h1{font-size:22px;margin:8px 0 12px}p{margin:8px 0;overflow-wrap:anywhere}
[role=alert]{background:var(--bad-soft);color:var(--bad);padding:10px 12px;border-radius:8px}
label,fieldset{display:block;margin:14px 0;border:0;padding:0}legend{padding:0}
.choice{display:flex;align-items:center;gap:10px;min-height:44px;margin:6px 0 0;padding:4px 12px;box-sizing:border-box;border:1px solid var(--line);border-radius:8px;background:var(--paper)}
.choice input{flex:none;width:18px;height:18px;margin:0;accent-color:var(--red)}
input:not([type=radio]):not([type=checkbox]),select,textarea{display:block;width:100%;box-sizing:border-box;min-height:46px;margin-top:4px;padding:10px;border:1px solid var(--line);border-radius:8px;font:inherit;background:var(--paper);color:inherit;text-overflow:ellipsis}
::placeholder{color:var(--dim);opacity:1}
button{display:block;width:100%;margin-top:12px;padding:12px;border:1px solid var(--line);border-radius:10px;background:var(--paper);color:inherit;font:inherit;cursor:pointer}
button.main{border-color:var(--red);background:var(--red);color:#fff}button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible{outline:3px solid #e08a82;outline-offset:1px}`;
