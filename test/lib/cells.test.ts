import readXlsx from 'read-excel-file/node';
import { expect, it } from 'vitest';
import { createSheet } from '../../src/lib/sheet.ts';

it('whatever somebody typed comes back from the spreadsheet as it was, and spoils no other cell', async () => {
  const typed = [
    '路灯',
    'constructor',
    '__proto__',
    'toString',
    '_x0041_',
    '_X005f_x0041_',
    '=1+1',
    '_x0041',
  ];
  const sheet = createSheet({ sheet: '表', columns: [{ title: '说明', width: 20, kind: 'text' }] });
  sheet.add(typed.map((words) => [words]));
  const [read] = await readXlsx(Buffer.from(await sheet.finish()));
  expect(read?.data).toEqual([['说明'], ...typed.map((words) => [words])]);
});
