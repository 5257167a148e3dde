/** What the bot says to people whom it does not know, and in chats that are new to it. */

import { type Button, button, note, type Reply } from '../../bot/cards/spec.ts';
import type { Greetings } from '../../bot/feature.ts';
import { entries } from '../../bot/operation.ts';
import { unitName } from '../orgs/index.ts';
import { postsOf } from './model.ts';
import { openRequest, sayWaiting, withdrawButton } from './requests.ts';
import { rights } from './rights.ts';
import { tourCard } from './tour.ts';

const WHAT = '我是会商助手：群众的问题、联席会商、各项任务，跟我说一声，我来找该办的人。';

export const greetings: Greetings = {
  async stranger({ tx }, who) {
    const asking = await openRequest(tx, who);
    if (asking) return saying(`绑定申请已经交了${await sayWaiting(tx, asking, null)}`, [withdrawButton]);
    return saying('我还不认识您。请点“绑定”（或者发送“绑定”），填一下姓名和单位，同意后就能使用。', [
      button(rights.bind, {}, 'positive'),
    ]);
  },
  newcomers: saying('欢迎新同志！请点“绑定”（或者 @我 发送“绑定”），让我知道您是谁。', [
    button(rights.bind, {}, 'positive'),
  ]),
  async elsewhere({ tx }, sender) {
    const [, other] = await postsOf(tx, sender);
    return other ? `您还在${await unitName(tx, other.unit)}，要以那边的身份办，请先发送“切换单位”。` : '';
  },
  async welcome({ tx }, { kind, unit }, sender) {
    const binding = button(rights.bind, {}, sender ? 'default' : 'positive');
    if (kind === 'group') {
      if (unit) {
        const name = await unitName(tx, unit);
        return saying(`${WHAT}本群归${name}，有事 @我 说“帮助”。`, [button(entries.help), binding]);
      }
      const next = '下一步请单位负责人或联络员点“绑定本群”，还没有登记的同志先点“绑定”。';
      const group = button(rights.bindGroup, {}, sender ? 'positive' : 'default');
      return saying(`${WHAT}${next}`, [group, binding, button(entries.help)]);
    }
    if (!sender) return saying(`${WHAT}请先点“绑定”，填一下姓名和单位。`, [binding]);
    return { text: `${sender.name}，${WHAT}三步就会用。`, card: tourCard(sender) };
  },
};

function saying(text: string, buttons: readonly Button[]): Reply {
  return { text, card: note(text, buttons) };
}
