/** 绑定本群: a group belongs to a unit, so that what concerns the unit is shown there. */
import { z } from 'zod';
import { operation } from '../../bot/feature.ts';
import { places } from '../../bot/tables.ts';
import { AppError } from '../../lib/errors.ts';
import { unitName } from '../orgs/index.ts';
import { rights } from './rights.ts';

export const bindGroup = operation({
  name: 'members.bindGroup',
  title: '绑定本群',
  words: ['绑定本群'],
  help: '这个群归我单位',
  right: rights.bindGroup,
  input: z.object({}),
  async run(ctx) {
    if (ctx.place.kind !== 'group') throw new AppError('invalid', '请到要绑定的群里 @我 发送“绑定本群”。');
    const name = await unitName(ctx.tx, ctx.me.unit);
    const before = ctx.place.unit;
    if (before === ctx.me.unit) return { text: `本群已经归${name}。` };
    if (before !== null) {
      throw new AppError('forbidden', `本群已经归${await unitName(ctx.tx, before)}，要改请先和他们商量。`);
    }
    await ctx.tx.table(places).put({ ...ctx.place, unit: ctx.me.unit });
    return {
      text: `好了，本群归${name}。以后交给${name}的事会发到这里。`,
      did: { kind: 'place', id: ctx.place.id },
    };
  },
});
