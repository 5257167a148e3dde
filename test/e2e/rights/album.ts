/** Scenes of the photos in a form. */
import { forms } from '../../../src/bot/cards/form-rows.ts';
import { buildForm } from '../../../src/bot/cards/spec.ts';
import { files } from '../../../src/bot/files/tables.ts';
import { rights } from '../../../src/features/issues/rights.ts';
import type { Scene } from './scenes.ts';

const TOWNSHIP = 'huang-changqing';

/** A form of the township's head, with a photo in it and one that was just sent. */
const album = (now: Date, state: 'open' | 'shut', carries: 'files' | 'file'): Scene => ({
  async data(tx, n, place) {
    const id = `album-${n}`;
    const at = now.toISOString();
    const submit = { op: rights.report };
    await tx.table(forms).put({
      ...{
        id,
        place,
        state,
        at,
        op: rights.report.name,
        person: TOWNSHIP,
        text: '上报问题',
        template: 'bot/form',
      },
      data: { ...buildForm({ title: '上报问题', fields: [], submit, album: '照片' }, {}, []) },
      ...{ origin: null, result: null },
    });
    const photo = { hash: 'none', name: '路灯.jpg', kind: 'jpg' as const, size: 1, by: TOWNSHIP, at };
    await tx.table(files).put({ ...photo, id: `in-${n}`, about: `form:${id}` });
    await tx.table(files).put({ ...photo, id: `sent-${n}`, about: null });
    return { back: id, [carries]: carries === 'file' ? `in-${n}` : `sent-${n}` };
  },
});

export const albumScenes = (now: Date): Readonly<Record<string, Scene>> => ({
  'form.addPhoto 石桥镇负责人打开的表、发来的照片': album(now, 'open', 'files'),
  'form.addPhoto 已经提交的表': album(now, 'shut', 'files'),
  'form.dropPhoto 石桥镇负责人打开的表里的照片': album(now, 'open', 'file'),
});
