/** Who may say which unit a group belongs to. */
import { type Right, STAFF } from '../../bot/rights.ts';

export const rights = {
  bindGroup: { who: STAFF, whoElse: '绑定群聊由单位负责人或联络员来做。' },
} as const satisfies Readonly<Record<string, Right<never>>>;
