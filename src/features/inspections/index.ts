/** 督导 without notice 四不两直: a sealed draw that anybody can check afterwards, what was seen, and what becomes of it. */
import { button } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { begin } from './begin.ts';
import { discard, publish, publishJob, submit } from './finish.ts';
import { inspectors, seals, inspections as table, visits } from './model.ts';
import { numbers } from './record.ts';
import { inspecting, reminders, todos } from './reminders.ts';
import { rights } from './rights.ts';
import { draw } from './seal.ts';
import { verify } from './verify.ts';
import { branchList, inspectionView, list, show, showVisit, visitPhoto, visitView } from './view.ts';
import { raise, record } from './visit.ts';

export const inspections: Feature = {
  name: 'inspections',
  group: '督导',
  tables: [table, seals, inspectors, visits],
  operations: [
    list,
    show,
    draw,
    begin,
    branchList,
    showVisit,
    record,
    raise,
    submit,
    publish,
    verify,
    discard,
  ],
  views: { inspection: inspectionView, visit: visitView },
  opens: { inspection: (inspection) => button(rights.show, { inspection }) },
  numbers: { ...numbers, op: rights.list },
  downloads: { visit: visitPhoto },
  reminders,
  jobs: [publishJob],
  handovers: [inspecting],
  todos,
};
