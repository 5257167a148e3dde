/** The five presses of the README, on the page, in the city with its past; and the tour as people meet it there. */
import { expect, it } from 'vitest';
import { here, stage } from './pages.ts';

const { windows, open } = await stage({ history: true });

it.skipIf(!windows)('tells its story in five presses', async () => {
  const page = await open('bai-zhiyuan');
  await page.getByRole('button', { name: '换人' }).click();
  await page.getByLabel('从这里开始').getByRole('button', { name: '林帅' }).click();
  for (const name of ['不看了', '待办', '放学后留守孩子没人管', '受理'])
    await page.locator(`${here} .card`).last().getByRole('button', { name }).click();
  await expect.poll(() => page.locator(`${here} .card`).last().innerText()).toContain('办理中');
  await page.close();

  const village = await open('zhou-baotian', 'phone', 'webchat|g:qingshan-maicang');
  const reported = village.locator(`${here} .card`).filter({ hasText: '放学后留守孩子没人管' });
  await expect.poll(() => reported.last().innerText()).toContain('办理中');
  await village.close();
});

it.skipIf(!windows)('shows somebody around once', async () => {
  const page = await open('chen-qiming', 'phone');
  const card = page.locator(`${here} .card`).last();
  await expect.poll(() => card.innerText()).toContain('第1步，共3步');
  for (const name of ['下一步', '下一步', '知道了']) await card.getByRole('button', { name }).click();
  await expect.poll(() => card.innerText()).toContain('导览看完了');
  await page.reload();
  await page.waitForSelector(`${here} .list .row`);
  await expect.poll(() => card.innerText()).toContain('导览看完了');
  await page.close();
});
