/** A task in Chromium: handed out with a last look, checked in for in the group and alone, reviewed; desk and phone. */
import { describe, it } from 'vitest';
import { instant } from '../../src/lib/dates.ts';
import { card, look, press, stage, write } from './pages.ts';

const { windows, open } = await stage({ now: () => instant('2026-11-20', '09:00') });

describe.skipIf(!windows)('a task on the local page', { timeout: 120_000 }, () => {
  for (const size of ['desk', 'phone'] as const) {
    const title = size === 'desk' ? '入户走访' : '台账更新';
    it(`goes from 下达 to 通过, on a ${size}`, async () => {
      const township = await open('huang-changqing', size);
      const secretary = await open('huang-wenchang', size);
      const neighbour = await open('chen-delin', size);
      const group = await open('wang-haiyan', size, 'webchat|g:qingshan-shiqiao');

      await write(township, `下达任务 ${title}`);
      await card(township).getByLabel('任务名称').waitFor();
      await card(township).getByLabel('标准').fill('35户');
      await card(township).getByText('石桥镇党委下面全部支部').click();
      await card(township).getByLabel('截止日期').fill('2026-11-28');
      await look(township, `${size}-task-1-form`);
      await press(township, '下达');
      await card(township).getByText('11月28日是休息日').waitFor();
      await look(township, `${size}-task-2-preview`);
      await press(township, '下达');
      await card(township).getByText('已报 0/9').waitFor();
      await look(township, `${size}-task-3-issuer`);
      await card(group).getByText('已报 0/9').waitFor();
      await look(group, `${size}-task-4-group`);

      await card(secretary).getByText('请您在11月30日前报进展').waitFor();
      await press(secretary, '报进展');
      await card(secretary).getByLabel('完成了多少户').fill('20');
      await card(secretary).getByLabel('困难').fill('两户长期外出，联系不上');
      await look(secretary, `${size}-task-5-checkin`);
      await press(secretary, '提交进展');
      await card(secretary).getByText('已报，等审核').waitFor();
      await look(secretary, `${size}-task-6-own`);
      await card(group).getByText('已报 1/9').waitFor();
      await write(neighbour, `打卡 ${title} 36户 已覆盖三组`);
      await card(neighbour).getByText('已报进展。').waitFor();
      await look(neighbour, `${size}-task-7-one-line`);
      await card(group).getByText('已报 2/9').waitFor();
      await look(group, `${size}-task-8-group`);

      await press(township, '查看明细');
      await card(township).getByText('北庄村党支部').waitFor();
      await look(township, `${size}-task-9-detail`);
      await press(township, '待审核2份');
      await card(township).getByText('柳湾村党支部').click();
      await card(township).getByText('两户长期外出').first().waitFor();
      await look(township, `${size}-task-10-sheet`);
      await press(township, '通过');
      await card(township).getByText('已通过').first().waitFor();
      for (const words of ['任务', '报进展', '待办']) {
        await write(words === '打卡' ? neighbour : township, words);
        await look(words === '报进展' ? neighbour : township, `${size}-task-${words}`);
      }
      await Promise.all([township.close(), secretary.close(), neighbour.close(), group.close()]);
    });
  }
});
