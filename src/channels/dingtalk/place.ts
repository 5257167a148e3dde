/** Accounts and chats of DingTalk in the kernel's terms. A key says all that is needed to write there. */
import type { Place, RosterColumn } from '../../bot/delivery/channel.ts';

/** The name of the channel. */
export const DINGTALK = 'dingtalk';

/** Ids in keys: bounded, without control characters. */
const ID = '[^\\s\\p{Cc}]{1,200}';
const KEY = new RegExp(`^${DINGTALK}\\|([pg]):([\\w-]{1,100}):(${ID})$`, 'u');
const ACCOUNT = new RegExp(`^([\\w-]{1,100}):(${ID})$`, 'u');

/** Where to write: to one person of an organisation, or into a group. */
export type Where =
  | { readonly kind: 'personal'; readonly corp: string; readonly staff: string }
  | { readonly kind: 'group'; readonly corp: string; readonly conversation: string };

/** Where a chat is; undefined for the key of another platform. */
export function whereOf({ key }: Pick<Place, 'key'>): Where | undefined {
  const [, kind, corp = '', id = ''] = KEY.exec(key) ?? [];
  if (kind === 'p') return { kind: 'personal', corp, staff: id };
  return kind === 'g' ? { kind: 'group', corp, conversation: id } : undefined;
}

/** A person of an organisation: staff ids are given once in each. */
export function accountOf(corp: string, staff: string): string {
  return `${corp}:${staff}`;
}

/** The two halves of an account; undefined when it is none. */
export function partsOf(account: string): { readonly corp: string; readonly staff: string } | undefined {
  const [, corp, staff] = ACCOUNT.exec(account) ?? [];
  return corp && staff ? { corp, staff } : undefined;
}

/** The chat of a person with the bot, also of one who never wrote. */
export function personalPlace(account: string): Place | undefined {
  const parts = partsOf(account);
  return parts && { key: `${DINGTALK}|p:${parts.corp}:${parts.staff}`, kind: 'personal' };
}

export function groupPlace(corp: string, conversation: string, name?: string): Place {
  return { key: `${DINGTALK}|g:${corp}:${conversation}`, kind: 'group', ...(name && { name }) };
}

/** Accounts in a list: `<corpId>:<staffId>`, or the staff id alone where the organisation is known. */
export function rosterColumn(corp: string | undefined): RosterColumn {
  return {
    title: '钉钉账号',
    read: (text) => {
      const account = corp && !text.includes(':') ? accountOf(corp, text) : text;
      return partsOf(account) ? account : undefined;
    },
    wanted: `填${corp ? '钉钉通讯录里的员工 UserID，或' : ''}“企业 CorpId:员工 UserID”`,
  };
}
