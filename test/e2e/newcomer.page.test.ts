/** A newcomer on the local page, in Chromium: a new group, 绑定, the head says 同意, the first issue; and 交接 after it. */
import { describe, expect, it } from 'vitest';
import { card, fillReport, here, look, press, stage, write } from './pages.ts';

const { windows, open } = await stage();

describe.skipIf(!windows)('a newcomer on the local page', { timeout: 120_000 }, () => {
  for (const size of ['desk', 'phone'] as const) {
    it(`binds the group and herself, is let in and reports, on a ${size}`, async () => {
      let presses = 1; // picks the newcomer on the first screen
      const id = `new-${size}`;
      const name = size === 'desk' ? '李晓明' : '王小红';
      const township = await open('huang-changqing', size);
      const group = await open(id, size, `webchat|g:${id}`);
      const click = async (page: typeof group, title: string) => {
        presses++;
        await press(page, title);
      };
      await card(group).getByText('下一步请单位负责人或联络员点').waitFor();
      await look(group, `${size}-new-1-welcome`);
      await click(group, '绑定');
      await card(group).getByLabel('姓名').fill(name);
      await card(group).locator('input[role=combobox]').fill('石桥镇党委（青山县委）');
      await card(group).getByText('联络员').click();
      await look(group, `${size}-new-2-form`);
      await click(group, '提交绑定');
      await card(group).getByText('等石桥镇党委黄长青同意').waitFor();
      await look(group, `${size}-new-3-asked`);

      await card(township).getByText('是本人、单位和岗位都对').waitFor();
      await look(township, `${size}-new-4-decide`);
      await click(township, '同意');
      await card(township).getByText('已同意').waitFor();
      await look(township, `${size}-new-5-agreed`);

      await card(group).getByText('黄长青同意了：您是石桥镇党委的联络员').waitFor();
      await look(group, `${size}-new-6-in`);
      await click(group, '上报');
      await card(group).getByLabel('标题').fill('街口路灯坏了');
      await card(group).locator('input[role=combobox]').fill('柳湾村党支部');
      await fillReport(group);
      await click(group, '提交');
      await card(group).getByText('街口路灯坏了').first().waitFor();
      await look(group, `${size}-new-7-reported`);
      console.info(`newcomer on the page, ${size}: ${presses} presses`);
      expect(presses).toBeLessThanOrEqual(8);

      await write(township, '交接');
      await card(township).getByLabel('谁要交接').waitFor();
      await look(township, `${size}-new-8-handover`);
      await write(township, `交接 ${name} 汪海燕`);
      await card(township).getByText('马上就不能再用会商助手').waitFor();
      await look(township, `${size}-new-9-preview`);
      await press(township, '交接');
      await township.getByText('这就告诉双方').first().waitFor();
      await look(township, `${size}-new-10-done`);
      expect(await township.locator(`${here} .card`).count()).toBeGreaterThan(0);
      await Promise.all([township.close(), group.close()]);
    });
  }
});
