/** A city as its people wrote it down: object ids in capitals, characters that nobody sees. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cardOf, startRig } from './rig.ts';

const DEMO = new URL('../../data/demo/', import.meta.url).pathname;

it('knows people by object ids in any case, and shows no controls of writing direction', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'huishang-city-'));
  for (const name of ['units.json', 'stars.json', 'members.json']) {
    const text = await readFile(join(DEMO, name), 'utf8');
    const loud = text.replace(/"teams": "([^"]*)"/g, (_all, id: string) => `"teams": "${id.toUpperCase()}"`);
    await writeFile(join(folder, name), loud.replaceAll('黄文昌', '黄\u202e文昌'));
  }
  const rig = await startRig({ cityData: folder });
  try {
    const said = JSON.stringify(cardOf(await rig.person('huang-wenchang').says('我的')));
    expect(said).toContain('黄文昌');
    expect(said).not.toContain('\u202e');
  } finally {
    await rig.close();
    await rm(folder, { recursive: true });
  }
});
