/** Openness 公开: where each county and township stands, the same figures on a card, on /board and as a spreadsheet. */
import type { Feature } from '../../bot/feature.ts';
import { boundaries } from './boundaries.ts';
import { figuresView, show } from './card.ts';
import { circularFile, circularView, pushLinks, takeCircular } from './circular.ts';
import { figuresFile } from './export.ts';
import { figures, settings } from './model.ts';
import { board } from './page.tsx';
import { countJob, listeners } from './rollup.ts';
import { rows } from './rows.ts';
import { set } from './settings.ts';

export { loadBoundaries } from './boundaries.ts';

export const openness: Feature = {
  name: 'openness',
  group: '公开',
  tables: [figures, settings, boundaries],
  operations: [show, rows, takeCircular, set],
  adds: { meeting: pushLinks },
  views: { figures: figuresView, circular: circularView },
  downloads: { figures: figuresFile, circular: circularFile },
  pages: { board: { title: '看板', make: board } },
  jobs: [countJob],
  listeners,
};
