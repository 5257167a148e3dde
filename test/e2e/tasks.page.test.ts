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

describe.skipIf(!windows)('整顿 on a phone of 390 px', { timeout: 120_000 }, () => {
  it('goes from 建议列入 to 巩固期: 9/4/2 is not enough, 16/1/1 is', async () => {
    const [county, deputy, head, secretary] = await Promise.all(
      (['hao-haitao', 'huang-chunyan', 'huang-changqing', 'chen-delin'] as const).map(async (id) => {
        const page = await open(id, 'phone');
        await page.setViewportSize({ width: 390, height: 844 });
        return page;
      }),
    );
    if (!county || !deputy || !head || !secretary) throw new Error('nobody');

    await write(deputy, '建议列入 青石村');
    await card(deputy).getByLabel('哪种情形').selectOption('班子不团结');
    await card(deputy).getByLabel('一句话说明').fill('两个月没开支委会');
    await look(deputy, 'weak-1-propose');
    await press(deputy, '建议列入');
    await card(deputy).getByText('已覆盖1/55').waitFor();
    await write(county, '排查');
    await card(county).getByText('青石村党支部').first().waitFor();
    await look(county, 'weak-2-census');
    await write(county, '列入 青石村');
    await look(county, 'weak-3-meeting');
    await card(county).getByLabel('会议日期').fill('2026-11-20');
    await press(county, '列入');
    await card(secretary).getByText('情况说明').first().waitFor();
    await look(secretary, 'weak-4-branch');

    await write(head, '定方案 青石村');
    for (const [label, words] of [
      ['根源', '分工不清，没有人召集'],
      ['措施', '补开支委会\n每月公开账目'],
      ['联村县级领导', '郝海涛'],
      ['包村乡镇领导', '黄长青'],
    ] as const)
      await card(head)
        .getByLabel(new RegExp(`^${label}`))
        .fill(words);
    await look(head, 'weak-5-plan');
    await press(head, '定方案');
    await card(head).getByText('措施完成0/2').waitFor();
    await look(head, 'weak-6-case');
    await press(head, '申请验收');
    await card(head).getByText('待验收').waitFor();

    const enter = async (counts: readonly string[]) => {
      await press(county, '登记验收');
      for (const [i, label] of ['满意', '基本满意', '不满意'].entries())
        await card(county)
          .getByLabel(new RegExp(`^${label}`))
          .fill(counts[i] ?? '');
      await look(county, `weak-7-check-${counts.join('-')}`);
      await press(county, '登记验收');
    };
    await write(county, '整顿 青石村');
    await card(county).getByText('待验收').waitFor();
    await enter(['9', '4', '2']);
    await card(county).getByText('86.7%').first().waitFor();
    await write(head, '整顿 青石村');
    await press(head, '申请验收');
    await card(head).getByText('待验收').waitFor();
    await write(county, '整顿 青石村');
    await enter(['16', '1', '1']);
    await card(county).getByText('94.4%').first().waitFor();
    await card(county).getByText('巩固期至').waitFor();
    await look(county, 'weak-8-settling');
    await Promise.all([county.close(), deputy.close(), head.close(), secretary.close()]);
  });
});
