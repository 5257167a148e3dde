/** A roster with accounts of two platforms: each row says both, each is checked and kept, neither takes the other's. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { DINGTALK, rosterColumn } from '../../src/channels/dingtalk/place.ts';
import { accounts } from '../../src/features/members/model.ts';
import { createKit, type Kit, wordsOf } from '../kit.ts';
import { silent } from '../platform.ts';

const TEAMS = '00000000-0000-4000-8000-000000000001';
let kit: Kit;
beforeEach(async () => {
  kit = await createKit();
  kit.channels.set(DINGTALK, { ...silent(DINGTALK), title: '钉钉', roster: rosterColumn('ding0') });
});
afterEach(() => kit.close());

async function send(rows: readonly (readonly string[])[]) {
  const head = ['姓名', '单位', '角色', 'Teams账号', '钉钉账号'];
  const cells = [head, ...rows].map((row) => row.map((value) => ({ value })));
  const file = new Uint8Array(await writeXlsx(cells).toBuffer());
  return kit.person('bai-zhiyuan').send({ '名单.xlsx': file });
}
const holder = (id: string) => kit.store.read(async (tx) => (await tx.table(accounts).get(id))?.person);

it('keeps both, as they are written: staff ids have capitals', async () => {
  const shown = await send([['王小明', '石桥镇党委', '联络员', TEAMS.toUpperCase(), 'Manager01']]);
  expect(wordsOf(shown.card)).toContain('新增1人');
  await kit.person('bai-zhiyuan').click('导入');
  const person = await holder(`teams:${TEAMS}`);
  expect(person).toBeDefined();
  expect(await holder('dingtalk:ding0:Manager01')).toBe(person);
  // Sent again it finds the same person, and nothing to change.
  expect(wordsOf((await send([['王小明', '石桥镇党委', '联络员', '', 'ding0:Manager01']])).card)).toContain(
    '不变1人',
  );
});

it('says what is wrong with which account, by its column', async () => {
  const shown = await send([
    ['王小明', '石桥镇党委', '联络员', '', 'm1'],
    ['李小红', '临溪县委', '联络员', '', 'm1'],
    ['赵小刚', '石桥镇党委', '联络员', 'm1', ''],
    ['钱小多', '石桥镇党委', '联络员', '', 'has a space'],
  ]);
  const words = wordsOf(shown.card);
  expect(words).toContain('第3行 李小红：这个钉钉账号已经是王小明的');
  expect(words).toContain('第4行 赵小刚：Teams账号要填 Entra 对象 ID');
  expect(words).toContain('第5行 钱小多：钉钉账号要填');
});
